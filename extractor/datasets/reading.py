"""Labelled documents from whatever file they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.filter_data import read_filter_data
from extractor.datasets.gathered import read_gathered
from extractor.datasets.own_documents import read_documents
from extractor.datasets.triples_csv import read_triples
from extractor.errors import DatasetRejected
from extractor.relations import RelationVocabulary
from extractor.text.blocks import blocks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFiles:
    """Files with labelled documents, as a command names them."""

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


def read_labelled(
    path: Path,
    *,
    vocabulary: RelationVocabulary,
    documents: Path | None = None,
    entities: Path | None = None,
) -> list[LabelledDocument]:
    """Read labelled documents: `.json` (DocRED), `.data` (CDR, GDA) or `.csv` (own triples).

    `.jsonl` is what `retrain` gathered.

    Args:
        path: the labelled file.
        vocabulary: the relations that labels may state.
        documents: the JSONL file with the documents that a `.csv` labels.
        entities: CSV of (document, name, type) beside a `.csv`.

    Raises:
        DatasetRejected: a file cannot be used, or a label does not fit the vocabulary; the message
            names the place.
    """
    if path.suffix.lower() != ".csv" and (documents or entities):
        raise DatasetRejected(f"{path} brings its own documents: give others with a .csv only")
    match path.suffix.lower():
        case ".json":
            labelled = read_docred(path)
            _check_labels(path, labelled, vocabulary)
            return labelled
        case ".jsonl":
            labelled = read_gathered(path)
            _check_labels(path, labelled, vocabulary)
            return labelled
        case ".data":
            return read_filter_data(path, vocabulary=vocabulary)
        case ".csv":
            if documents is None:
                raise DatasetRejected(f"{path} labels documents: give their JSONL with --documents")
            labelled = read_triples(
                path,
                documents=read_documents(documents),
                vocabulary=vocabulary,
                entities=entities,
            )
            return [_with_sentences(item) for item in labelled]
    raise DatasetRejected(
        f"{path}: unknown kind of file, give .json (DocRED), .data (CDR, GDA) or .csv (triples)"
    )


def _with_sentences(item: LabelledDocument) -> LabelledDocument:
    """Return a document with its sentences: those of a user's own are not given."""
    from extractor.text.sentences import split_sentences  # needs a library that other files do not

    document = item.document
    sentences = document.sentences or split_sentences(document.text, blocks_of(document))
    return replace(item, document=replace(document, sentences=sentences))


def _check_labels(
    path: Path, labelled: Sequence[LabelledDocument], vocabulary: RelationVocabulary
) -> None:
    for item in labelled:
        types = [cluster.type for cluster in item.document.clusters]
        for label in item.labels:
            place = f"{path} ({item.document.title!r})"
            if label.relation not in vocabulary.ids:
                raise DatasetRejected(
                    f"{place}: relation {label.relation!r} is not in the vocabulary"
                )
            if not vocabulary.admits(label.relation, types[label.head], types[label.tail]):
                raise DatasetRejected(
                    f"{place}: by the vocabulary, relation {label.relation!r} does not hold from "
                    f"{types[label.head]} to {types[label.tail]}; correct one of the two"
                )
