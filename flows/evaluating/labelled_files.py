"""Labelled documents and vocabularies as the command line names them, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractor.labelled.docred import LabelledDocument
from extractor.labelled.reading import read_labelled
from extractor.labelled.statistics import statistics, statistics_table
from extractor.relations import RelationVocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFiles:
    """Files with labelled documents."""

    files: tuple[Path, ...]
    documents: Path | None = None
    """JSONL of the documents that a `.csv` labels."""
    entities: Path | None = None
    """CSV of the entities of these documents."""

    def read(self, vocabulary: RelationVocabulary) -> list[LabelledDocument]:
        """Return the documents of all files, in their order."""
        return [item for file in self.files for item in self.read_file(file, vocabulary)]

    def read_file(self, file: Path, vocabulary: RelationVocabulary) -> list[LabelledDocument]:
        """Return the documents of one file, which may be another."""
        if file.suffix.lower() != ".csv":
            return read_labelled(file, vocabulary=vocabulary)
        return read_labelled(
            file, vocabulary=vocabulary, documents=self.documents, entities=self.entities
        )


def table_1(data: LabelledFiles, vocabulary: RelationVocabulary, train: Path | None = None) -> str:
    """Return the paper's Table 1 for a data set; each file is one of its splits."""
    files = [file for file in (train, *data.files) if file is not None]
    splits = {file.stem: data.read_file(file, vocabulary) for file in files}
    name = files[0].resolve().parent.name
    return statistics_table([statistics(name, splits, vocabulary)])
