"""What labelled files hold, as the paper counts it."""

from __future__ import annotations

from pathlib import Path

from extractor.datasets.reading import LabelledFiles
from extractor.datasets.statistics import statistics, statistics_table
from extractor.relations import RelationVocabulary


def table_1(data: LabelledFiles, vocabulary: RelationVocabulary, train: Path | None = None) -> str:
    """Return the paper's Table 1 for a data set; each file is one of its splits."""
    files = [file for file in (train, *data.files) if file is not None]
    splits = {file.stem: data.read_file(file, vocabulary) for file in files}
    name = files[0].resolve().parent.name
    return statistics_table([statistics(name, splits, vocabulary)])
