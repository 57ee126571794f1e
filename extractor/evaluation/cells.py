"""What a model says of labelled documents as flat arrays: one cell for each triple it considers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.atlop.scoring import WindowScores
from extractor.calibration.counts import f1
from extractor.calibration.thresholds import Thresholds, best_shift
from extractor.datasets.docred import LabelledDocument, Triple
from extractor.relations import RelationVocabulary

CANDIDATE_MARGIN = -5.0
"""Cells below are left out: there are millions, and nearly all do not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Triples with a margin above a floor, each once, and what is gold."""

    document: NDArray[np.int64]
    """(cells,)"""
    head: NDArray[np.int64]
    """(cells,) cluster of the document."""
    tail: NDArray[np.int64]
    column: NDArray[np.int64]
    """(cells,) relation, without TH."""
    margin: NDArray[np.float64]
    """(cells,) the largest of the windows that show the pair."""
    holds: NDArray[np.bool_]
    """(cells,) whether the triple is gold."""
    gold: int
    """Gold triples, those outside of the cells included."""
    relations: tuple[str, ...]

    def asserted(self, thresholds: Thresholds) -> NDArray[np.bool_]:
        """Return which cells are asserted, (cells,)."""
        return self.margin > np.asarray(thresholds)[self.column]

    def triples(self, chosen: NDArray[np.bool_]) -> set[Triple]:
        """Return the chosen cells as triples."""
        keys = (self.document, self.head, self.column, self.tail)
        rows = zip(*(key[chosen].tolist() for key in keys), strict=True)
        return {(n, head, self.relations[column], tail) for n, head, column, tail in rows}

    def best_f1(self) -> float:
        """Return micro F1 under the best single threshold, which these very cells choose."""
        shift = best_shift(self.margin, self.holds, gold=self.gold)
        chosen = self.margin > shift
        return float(f1((chosen & self.holds).sum(), chosen.sum(), self.gold))


def gold_cells(
    scores: Sequence[Sequence[WindowScores]],
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    floor: float = CANDIDATE_MARGIN,
) -> Cells:
    """Return the cells of documents scored with their gold clusters.

    Unjudged pairs have none, nor has what an annotator may or may not list.

    Args:
        scores: of each document.
        documents: the same.
        vocabulary: names the columns.
        floor: cells with a margin up to this are left out.
    """
    ids = vocabulary.ids
    largest: dict[tuple[int, int, int, int], float] = {}
    for index, windows in enumerate(scores):
        for window in windows:
            rows, ways, columns = (window.margins > floor).nonzero()
            margins = window.margins[rows, ways, columns].tolist()
            for row, way, column, margin in zip(
                rows.tolist(), ways.tolist(), columns.tolist(), margins, strict=True
            ):
                one, other = window.pairs[row]
                head, tail = (one, other) if way == 0 else (other, one)
                item = documents[index]
                if (head, tail) in item.unjudged or (head, ids[column], tail) in item.optional:
                    continue
                key = (index, head, column, tail)
                largest[key] = max(margin, largest.get(key, margin))
    gold = gold_triples(documents)
    keys = np.array(list(largest), dtype=np.int64).reshape(-1, 4)
    return Cells(
        document=keys[:, 0],
        head=keys[:, 1],
        column=keys[:, 2],
        tail=keys[:, 3],
        margin=np.array(list(largest.values()), dtype=np.float64),
        holds=np.array([(d, h, ids[c], t) in gold for d, h, c, t in largest], dtype=np.bool_),
        gold=len(gold),
        relations=ids,
    )


def gold_triples(documents: Sequence[LabelledDocument]) -> set[Triple]:
    """Return the labels as triples."""
    return {
        (index, label.head, label.relation, label.tail)
        for index, item in enumerate(documents)
        for label in item.labels
    }
