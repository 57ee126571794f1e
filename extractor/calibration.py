"""Margin -> probability: one global Platt scaling (Platt, 1999)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrator:
    """probability = sigmoid(slope * margin + offset)."""

    slope: float = 1.0
    offset: float = 0.0

    def probability(self, margin: float) -> float:
        """Return the probability that a relation with this margin holds."""
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.slope * margin + self.offset))))


def fit_platt(margins: NDArray[np.float64], holds: NDArray[np.bool_]) -> Calibrator:
    """Fit slope and offset by maximum likelihood (Newton's method).

    Args:
        margins: (cells,) margins of documents that trained nothing else.
        holds: (cells,) whether the relation is gold.

    Raises:
        ValueError: fewer than one positive and one negative cell.
    """
    if not holds.any() or holds.all():
        raise ValueError("Platt scaling needs relations that hold and relations that do not")
    # Platt's targets instead of 0 and 1 keep the fit finite on separable data.
    positive, negative = int(holds.sum()), int((~holds).sum())
    target = np.where(holds, (positive + 1) / (positive + 2), 1 / (negative + 2))
    inputs = np.stack([margins, np.ones_like(margins)], axis=1)

    def loss(weights: NDArray[np.float64]) -> float:
        scores = inputs @ weights
        return float(np.sum(np.logaddexp(0.0, scores) - target * scores))

    # From (0, prior) with halved steps, as Lin, Lin and Weng (2007): plain Newton runs away.
    weights = np.array([0.0, math.log((positive + 1) / (negative + 1))])
    for _ in range(100):
        predicted = 1 / (1 + np.exp(-np.clip(inputs @ weights, -60, 60)))
        gradient = inputs.T @ (predicted - target)
        curvature = (inputs * (predicted * (1 - predicted))[:, None]).T @ inputs
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        before = loss(weights)
        while loss(weights - step) > before and np.abs(step).max() > 1e-12:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-10:
            break
    return Calibrator(slope=float(weights[0]), offset=float(weights[1]))
