"""Margin -> probability: Platt scaling (Platt, 1999), per relation where that lowers the error.

A margin of ATL, SAT or bce is a log-odds up to noise, which a slope and an offset can mend. ATGL's
is log(alpha * p), flat where a log-odds still rises: Platt scaling fits it approximately only, and
worst among the surest statements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from extractor.calibration.logistic import Floats, chosen_penalty, fit_logistic, nll, sigmoid

SMALLEST_SLOPE = 0.01
"""No fitted slope is smaller: within a relation, margins and probabilities keep one order."""

PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0)
"""How strongly relations are held to the global fit, in nats per squared unit; then not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """probability = sigmoid(slope * margin + offset), by relation where `slopes` are given.

    Raises:
        ValueError: a slope is not above 0, a number not finite, or there is a slope without offset.
    """

    slope: float = 1.0
    offset: float = 0.0
    slopes: tuple[float, ...] = ()
    """(relations,) without TH; empty where the global numbers serve every relation."""
    offsets: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check the numbers; JSON brings tuples back as lists."""
        object.__setattr__(self, "slopes", tuple(self.slopes))
        object.__setattr__(self, "offsets", tuple(self.offsets))
        numbers = (self.slope, self.offset, *self.slopes, *self.offsets)
        if len(self.slopes) != len(self.offsets) or not all(map(math.isfinite, numbers)):
            raise ValueError("a calibrator needs one finite slope and offset per relation")
        if min((self.slope, *self.slopes)) <= 0:
            raise ValueError("a calibrator's slopes must be above 0")

    def probability(self, margin: float, column: int) -> float:
        """Return the probability that a relation (its column without TH) holds."""
        return float(self.probabilities(margin, column))

    def probabilities(self, margins: ArrayLike, columns: ArrayLike) -> Floats:
        """Return the probabilities of margins of relations; the two shapes broadcast."""
        margins, columns = np.broadcast_arrays(np.asarray(margins, dtype=np.float64), columns)
        if not self.slopes:
            return sigmoid(self.slope * margins + self.offset)
        return sigmoid(
            np.asarray(self.slopes)[columns] * margins + np.asarray(self.offsets)[columns]
        )


def fit_platt(margins: Floats, holds: NDArray[np.bool_]) -> Calibrator:
    """Fit one slope and offset for all relations by maximum likelihood.

    Args:
        margins: (cells,) margins of documents that trained nothing else.
        holds: (cells,) whether the relation is gold.

    Raises:
        ValueError: fewer than one positive and one negative cell.
    """
    if not holds.any() or holds.all():
        raise ValueError("Platt scaling needs relations that hold and relations that do not")
    slope, offset = _platt(margins, holds)
    return Calibrator(slope=slope, offset=offset)


def fit_calibrator(
    margins: Floats,
    columns: NDArray[np.int64],
    holds: NDArray[np.bool_],
    folds: NDArray[np.int64],
    relations: int,
) -> Calibrator:
    """Fit globally, and per relation where that lowers the cross-validated error.

    Per relation it is a MAP fit: the negative log-likelihood plus penalty / 2 times the squared
    distance to the global slope and offset, so that a relation moves as far as its cells carry it.
    The penalty is the one with the least error on the documents left out; the global fit alone
    stays if that gains less than its standard error over the folds.

    Args:
        margins: (cells,) margins of documents that trained nothing else.
        columns: (cells,) column of the relation, without TH.
        holds: (cells,) whether the relation is gold.
        folds: (cells,) fold of the cell's document; with fewer than two, the fit is global.
        relations: number of relations, without TH.

    Raises:
        ValueError: fewer than one positive and one negative cell.
    """
    common = fit_platt(margins, holds)
    penalty = _penalty(margins, columns, holds, folds, relations)
    if penalty is None:
        return common
    centre = np.array([common.slope, common.offset])
    fitted = _per_relation(margins, columns, holds, centre, penalty, relations)
    return Calibrator(
        slope=common.slope,
        offset=common.offset,
        slopes=tuple(fitted[:, 0].tolist()),
        offsets=tuple(fitted[:, 1].tolist()),
    )


def _penalty(
    margins: Floats,
    columns: NDArray[np.int64],
    holds: NDArray[np.bool_],
    folds: NDArray[np.int64],
    relations: int,
) -> float | None:
    """Return the penalty that gains most on documents left out; None: the global fit is as good."""
    names = np.unique(folds)
    if len(names) < 2:
        return None
    gains = np.zeros((len(PENALTIES), len(names)))
    for fold, name in enumerate(names):
        out = folds == name
        centre = _platt(margins[~out], holds[~out])
        target = holds[out].astype(np.float64)
        common = nll(centre[0] * margins[out] + centre[1], target)
        for row, penalty in enumerate(PENALTIES):
            fitted = _per_relation(
                margins[~out], columns[~out], holds[~out], centre, penalty, relations
            )[columns[out]]
            gains[row, fold] = common - nll(fitted[:, 0] * margins[out] + fitted[:, 1], target)
    return chosen_penalty(PENALTIES, gains)


def _platt(margins: Floats, holds: NDArray[np.bool_]) -> Floats:
    """Return (slope, offset) of all cells."""
    # Platt's targets instead of 0 and 1 keep the fit finite on separable data.
    positive, negative = int(holds.sum()), int((~holds).sum())
    target = np.where(holds, (positive + 1) / (positive + 2), 1 / (negative + 2))
    # From (0, prior), as Lin, Lin and Weng (2007).
    start = np.array([0.0, math.log((positive + 1) / (negative + 1))])
    return _line(margins, target, start, penalty=0.0)


def _per_relation(
    margins: Floats,
    columns: NDArray[np.int64],
    holds: NDArray[np.bool_],
    centre: Floats,
    penalty: float,
    relations: int,
) -> Floats:
    """Return (relations, 2) slopes and offsets; a relation without cells has the centre's."""
    fitted = np.tile(centre, (relations, 1))
    for column in np.unique(columns):
        own = columns == column
        fitted[column] = _line(margins[own], holds[own].astype(np.float64), centre, penalty)
    return fitted


def _line(margins: Floats, target: Floats, start: Floats, penalty: float) -> Floats:
    """Return the likeliest (slope, offset), slope >= SMALLEST_SLOPE, held to `start`."""
    ones = np.ones_like(margins)
    fitted = fit_logistic(np.stack([margins, ones], axis=1), 0 * margins, target, start, penalty)
    if fitted[0] >= SMALLEST_SLOPE:
        return fitted
    # The loss is convex: if its minimum is below the floor, the best allowed one is on the floor.
    at_floor = fit_logistic(ones[:, None], SMALLEST_SLOPE * margins, target, start[1:], penalty)
    return np.array([SMALLEST_SLOPE, at_floor[0]])
