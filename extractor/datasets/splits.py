"""What labelled documents are for: training, calibration, or the held-out fifth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.datasets.docred import LabelledDocument
from extractor.datasets.filter_data import CDR_VOCABULARY, GDA_VOCABULARY
from extractor.errors import DatasetRejected, VocabularyRejected
from extractor.relations import RelationVocabulary

NAMED_VOCABULARIES = {"cdr": CDR_VOCABULARY, "gda": GDA_VOCABULARY}


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationSplit:
    """Labelled documents by what they are for."""

    train: tuple[LabelledDocument, ...]
    dev: tuple[LabelledDocument, ...]
    """Chooses epoch, thresholds and evidence rule, and fits the calibrator."""
    held_out: tuple[LabelledDocument, ...]

    @property
    def all(self) -> tuple[LabelledDocument, ...]:
        """Every document."""
        return (*self.train, *self.dev, *self.held_out)


def in_held_out_fifth(title: str) -> bool:
    """Tell whether a document may never train shipped weights, calibrators or thresholds."""
    return _hash(title) % 5 == 0


def in_dev_tenth(title: str) -> bool:
    """Tell whether a document, if it is not held out, chooses thresholds instead of training."""
    return _hash(title) // 5 % 10 == 0


def split_documents(documents: Sequence[LabelledDocument]) -> RelationSplit:
    """Split by title: the held-out fifth, a tenth of the rest as dev, and what trains."""
    rest = [item for item in documents if not in_held_out_fifth(item.document.title)]
    chooses = [in_dev_tenth(item.document.title) for item in rest]
    return RelationSplit(
        train=tuple(item for item, yes in zip(rest, chooses, strict=True) if not yes),
        dev=tuple(item for item, yes in zip(rest, chooses, strict=True) if yes),
        held_out=tuple(item for item in documents if in_held_out_fifth(item.document.title)),
    )


def without_labels(
    documents: Sequence[LabelledDocument], split: RelationSplit
) -> list[LabelledDocument]:
    """Return the documents that teachers may label: none that is labelled, none held out."""
    labelled = frozenset(titles(split.all))
    return [
        item
        for item in documents
        if item.document.title not in labelled and not in_held_out_fifth(item.document.title)
    ]


def read_vocabulary_file(path: Path) -> RelationVocabulary:
    """Read a relation vocabulary: a JSON object as `RelationVocabulary.from_json` takes it.

    `cdr` and `gda` are vocabularies by their names, as these data sets bring no such file.

    Raises:
        DatasetRejected: the file is missing or makes no vocabulary; the message names both.
    """
    if str(path) in NAMED_VOCABULARIES:
        return NAMED_VOCABULARIES[str(path)]
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetRejected(f"cannot read the relation vocabulary {path}: {error}") from error
    if not isinstance(entries, dict):
        raise DatasetRejected(f"{path}: a vocabulary is an object of relation id -> English name")
    try:
        return RelationVocabulary.from_json(entries)
    except VocabularyRejected as error:
        raise DatasetRejected(f"{path}: {error}") from error


def titles(documents: Sequence[LabelledDocument]) -> tuple[str, ...]:
    """Return the documents' titles, sorted, for a training record."""
    return tuple(sorted(item.document.title for item in documents))


def _hash(title: str) -> int:
    return int(hashlib.sha256(title.encode()).hexdigest(), 16)
