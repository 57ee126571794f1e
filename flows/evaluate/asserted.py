"""What a checkpoint asserts of documents with gold clusters: margin, probability, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.atlop.scoring import WindowScores
from extractor.calibration.evidence import evidence_sentences
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import Label, LabelledDocument
from extractor.evaluation.cells import gold_cells
from extractor.evaluation.gold_evidence import evidence_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertedTriple:
    """A relation over its threshold; entities are gold clusters, by index."""

    document: int
    head: int
    relation: str
    tail: int
    margin: float
    probability: float
    sentences: tuple[int, ...]
    """Its evidence."""


def asserted_triples(
    checkpoint: Checkpoint,
    documents: Sequence[LabelledDocument],
    windows: Sequence[Sequence[WindowScores]],
) -> list[AssertedTriple]:
    """Return all asserted triples by document, head, relation and tail; labels are not looked at.

    Args:
        checkpoint: the model.
        documents: with gold clusters.
        windows: of each document, what the model says.
    """
    cells = gold_cells(windows, documents, checkpoint.relations, floor=0.0)
    chances = checkpoint.calibrator.probabilities(cells.margin, cells.column)
    columns = (cells.document, cells.head, cells.column, cells.tail, cells.margin, chances)
    rows = sorted(zip(*(column.tolist() for column in columns), strict=True))
    labels: list[list[Label]] = [[] for _ in documents]
    for document, head, column, tail, _, _ in rows:
        labels[document].append(Label(head=head, relation=cells.relations[column], tail=tail))
    asserted = [
        replace(item, labels=tuple(found)) for item, found in zip(documents, labels, strict=True)
    ]
    cases = evidence_cases(windows, asserted, checkpoint.relations)
    return [
        AssertedTriple(
            document=document,
            head=head,
            relation=cells.relations[column],
            tail=tail,
            margin=margin,
            probability=probability,
            sentences=evidence_sentences(case, checkpoint.evidence),
        )
        for (document, head, column, tail, margin, probability), case in zip(
            rows, cases, strict=True
        )
    ]
