"""Margins -> what is asserted: the thresholdings of ATLOP's Tables 5 and 6 (Zhou et al., 2021).

Tuned thresholds are the best for the documents that they were tuned on, so F1 there is too high:
measure it on others. The bias grows with the number of thresholds: `per_class` sets a rare
relation's by a handful of cells, and asserts nothing of a relation that was wrong each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.counts import f1

Floats = NDArray[np.float64]

Thresholding = Literal["adaptive", "shifted", "global", "per_class"]

GRID = tuple(step / 10 for step in range(1, 10))
"""The paper's global thresholds, on sigmoid(margin)."""


Thresholds = tuple[float, ...]
"""(relations,) without TH: a relation is asserted where its margin exceeds its threshold."""


def tune(
    thresholding: Thresholding,
    margins: Floats,
    columns: NDArray[np.int64],
    holds: NDArray[np.bool_],
    *,
    gold: int,
    relations: int,
) -> Thresholds:
    """Return the thresholds with the best micro F1 that a thresholding allows.

    `adaptive` is margin > 0, whatever the cells; `shifted` moves 0 for all relations alike;
    `global` chooses among the paper's probabilities, for margins that bce trained; `per_class`
    chooses for each relation.

    Args:
        thresholding: what may be chosen.
        margins: (cells,) margins of documents that trained nothing.
        columns: (cells,) column of the relation, without TH.
        holds: (cells,) whether the relation is gold.
        gold: gold triples of the documents; those outside of the cells count as missed.
        relations: number of relations, without TH.
    """
    match thresholding:
        case "adaptive":
            return (0.0,) * relations
        case "shifted":
            return (best_shift(margins, holds, gold=gold),) * relations
        case "global":
            return (best_of_grid(margins, holds, gold=gold),) * relations
        case "per_class":
            return best_per_class(margins, columns, holds, gold=gold, relations=relations)


def best_shift(margins: Floats, holds: NDArray[np.bool_], *, gold: int) -> float:
    """Return the threshold with the best micro F1 of all real numbers; 0 if none beats it.

    O(cells log cells). Equal margins cannot be told apart: they are asserted together.
    """
    cuts = _cuts(margins, holds)
    scores = _f1(cuts.counts, gold)
    best = int(scores.argmax())
    better = scores[best] > _f1(_counts(margins, holds, 0.0), gold)
    return float(cuts.thresholds[best]) if better else 0.0


def best_of_grid(margins: Floats, holds: NDArray[np.bool_], *, gold: int) -> float:
    """Return the threshold with the best micro F1 among 0.1 ... 0.9 of sigmoid(margin).

    Of equals, the one nearest 0.5 is taken.
    """
    grid = [float(np.log(p / (1 - p))) for p in GRID]
    return max(grid, key=lambda t: (float(_f1(_counts(margins, holds, t), gold)), -abs(t)))


def best_per_class(
    margins: Floats,
    columns: NDArray[np.int64],
    holds: NDArray[np.bool_],
    *,
    gold: int,
    relations: int,
) -> Thresholds:
    """Return the threshold of each relation by cyclic optimisation (Fan and Lin, 2007).

    From the best single threshold, one relation after the other takes the threshold that gives the
    best micro F1 with the others as they are, until none improves. For micro F1 that is the best
    choice of all: with F = 2R / (P + G), a joint change gains iff 2 dR > F dP, a sum over relations
    of which one at least would then gain alone.

    A relation that no change improves keeps the best single threshold.
    """
    shift = best_shift(margins, holds, gold=gold)
    values = np.full(relations, shift)
    total = _counts(margins, holds, shift)
    cuts: dict[int, _Cuts] = {}
    counts: dict[int, NDArray[np.int64]] = {}
    for column in np.unique(columns).tolist():
        own = columns == column
        cuts[column] = _cuts(margins[own], holds[own])
        counts[column] = _counts(margins[own], holds[own], shift)
    improved = True
    while improved:
        improved = False
        for column, cut in cuts.items():
            others = total - counts[column]
            scores = _f1(others + cut.counts, gold)
            best = int(scores.argmax())
            if scores[best] > _f1(total, gold):
                improved = True
                values[column], counts[column] = cut.thresholds[best], cut.counts[best]
                total = others + counts[column]
    return tuple(values.tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cuts:
    """Every way to cut cells in two by margin, from 'assert nothing' to 'assert all'."""

    thresholds: Floats
    counts: NDArray[np.int64]
    """(cuts, 2): cells right, and cells asserted."""


def _cuts(margins: Floats, holds: NDArray[np.bool_]) -> _Cuts:
    values, group = np.unique(-margins, return_inverse=True)
    values = -values
    # Halfway between neighbours, or the lower one where rounding leaves nothing between.
    between = (values[:-1] + values[1:]) / 2
    between = np.where(between < values[:-1], between, values[1:])
    below = np.nextafter(values[-1:], -np.inf)
    counts = np.zeros((len(values) + 1, 2), dtype=np.int64)
    for row, cells in enumerate((group[holds], group)):
        counts[1:, row] = np.cumsum(np.bincount(cells, minlength=len(values)))
    thresholds = np.concatenate([values[:1], between, below]) if len(values) else np.zeros(1)
    return _Cuts(thresholds=thresholds, counts=counts)


def _counts(margins: Floats, holds: NDArray[np.bool_], threshold: float) -> NDArray[np.int64]:
    """Return (2,): cells right and cells asserted with one threshold."""
    asserted = margins > threshold
    return np.array([np.sum(asserted & holds), np.sum(asserted)])


def _f1(counts: NDArray[np.int64], gold: int) -> Floats:
    return f1(counts[..., 0], counts[..., 1], gold)
