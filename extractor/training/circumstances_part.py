"""What circumstances weigh in a checkpoint: learned from the raw texts of its dev documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.logistic import Floats
from extractor.checkpoint import Checkpoint
from extractor.circumstances import CircumstanceWeights
from extractor.circumstances.features import FEATURES, features_of
from extractor.circumstances.weights import fit_circumstances
from extractor.datasets.docred import LabelledDocument
from extractor.errors import DocumentRejected
from extractor.evaluation.decisions import fold_of
from extractor.evaluation.raw import majority_matches, raw
from extractor.evaluation.scores import unseen_by_detectors
from extractor.pipeline import Extractor
from extractor.schema import Candidate, Document, Extraction, Span, Statement
from extractor.text.blocks import blocks_of
from extractor.text.sentences import split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class RawStatements:
    """Statements of raw texts, and whether people labelled them."""

    features: Floats
    """(statements, features)"""
    right: NDArray[np.bool_]
    """(statements,)"""
    document: NDArray[np.int64]
    """(statements,) index of the document."""


class NoNames:
    """An entity index without entries."""

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return that no name is known."""
        return dict.fromkeys(names, ())


def learned_circumstances(
    checkpoint: Checkpoint, documents: Sequence[LabelledDocument], *, device: str
) -> CircumstanceWeights | None:
    """Return the weights that raw texts teach; None where they teach too little.

    Args:
        checkpoint: with everything else that it needs.
        documents: that trained no weights. Nothing is learned of those in which only some entities
            are marked, as nobody knows what else they state, or that trained a kept detector.
        device: that the models are on.
    """
    documents = unseen_by_detectors(documents, checkpoint)
    found = raw_statements(checkpoint, documents, device=device)
    folds = np.array([fold_of(item.document.title) for item in documents], dtype=np.int64)
    return fit_circumstances(found.features, found.right, folds[found.document])


def raw_statements(
    checkpoint: Checkpoint, documents: Sequence[LabelledDocument], *, device: str
) -> RawStatements:
    """Extract documents from their texts alone; tell of each statement whether it is labelled.

    An entity stands for the gold cluster that more than half of its mentions belong to. What an
    annotator may or may not list, or nobody judged, is left out.
    """
    for model in (checkpoint.atlop, checkpoint.tagger):
        model.eval()
    extractor = Extractor(checkpoint, NoNames(), device=device)
    found = extractor.attempt([raw(item.document) for item in documents])
    features: list[Floats] = []
    right: list[bool] = []
    owners: list[int] = []
    for index, (extraction, item) in enumerate(zip(found, documents, strict=True)):
        if isinstance(extraction, DocumentRejected):
            continue  # longer than what is extracted: it teaches nothing here
        statements = by_margin(extraction, checkpoint)
        holds = list(_labelled(extraction, item))
        kept = [n for n, right_or_not in enumerate(holds) if right_or_not is not None]
        sentences = sentences_read_in(extraction.document)
        features.append(features_of(statements, extraction.entities, sentences)[kept])
        right += [bool(holds[n]) for n in kept]
        owners += [index] * len(kept)
    return RawStatements(
        features=np.concatenate(features) if features else np.empty((0, len(FEATURES))),
        right=np.array(right, dtype=np.bool_),
        document=np.array(owners, dtype=np.int64),
    )


def by_margin(extraction: Extraction, checkpoint: Checkpoint) -> list[Statement]:
    """Return the statements as probable as their margins alone say, neither weighed nor checked."""
    columns = {relation: n for n, relation in enumerate(checkpoint.relations.ids)}
    return [
        replace(
            each,
            probability=checkpoint.calibrator.probability(each.margin, columns[each.relation]),
        )
        for each in extraction.statements
    ]


def sentences_read_in(document: Document) -> list[Span]:
    """Return the sentences that the extractor reads in a raw document."""
    return list(split_sentences(document.text, blocks_of(document)))


def _labelled(extraction: Extraction, item: LabelledDocument) -> Iterator[bool | None]:
    """Yield whether each statement is labelled; None: that counts neither way."""
    matches = majority_matches(extraction, item)
    labels = {(label.head, label.relation, label.tail) for label in item.labels}
    for each in extraction.statements:
        head, tail = matches[each.head], matches[each.tail]
        triple = (head, each.relation, tail)
        aside = (head, tail) in item.unjudged or triple in item.optional
        yield None if aside else triple in labels
