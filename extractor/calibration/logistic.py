"""Logistic regression by Newton's method: convex, so that nothing depends on a seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SUREST = 1e-9
"""No probability is nearer to 0 or 1: its log-odds stay finite."""


def fit_logistic(
    inputs: Floats, base: Floats, target: Floats, start: Floats, penalty: float
) -> Floats:
    """Minimise the NLL of sigmoid(inputs @ weights + base) + penalty / 2 |weights - start|^2."""

    def loss(weights: Floats) -> float:
        held = penalty / 2 * float(np.sum((weights - start) ** 2))
        return nll(inputs @ weights + base, target) + held

    weights = start
    for _ in range(100):
        predicted = sigmoid(inputs @ weights + base)
        gradient = inputs.T @ (predicted - target) + penalty * (weights - start)
        curvature = (inputs * (predicted * (1 - predicted))[:, None]).T @ inputs
        step = np.linalg.solve(curvature + (penalty + 1e-9) * np.eye(len(start)), gradient)
        # Halved steps: plain Newton runs away.
        before = loss(weights)
        while loss(weights - step) > before and np.abs(step).max() > 1e-12:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def chosen_penalty(penalties: Sequence[float], gains: Floats) -> float | None:
    """Return the penalty that gains most on what is left out; None: less than its standard error.

    Args:
        penalties: that were tried.
        gains: (penalties, folds) by how many nats each lowers the error on each fold left out.
    """
    best = int(gains.sum(axis=1).argmax())
    error = math.sqrt(gains.shape[1] * float(gains[best].var(ddof=1)))
    return penalties[best] if gains[best].sum() > error else None


def nll(log_odds: Floats, target: Floats) -> float:
    """Return the negative log-likelihood of truths, or of chances, in nats."""
    return float(np.sum(np.logaddexp(0.0, log_odds) - target * log_odds))


def sigmoid(log_odds: Floats) -> Floats:
    """Return the probabilities of log-odds; none is exactly 0 or 1."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -60, 60)))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability: what `sigmoid` turns round."""
    kept = min(max(probability, SUREST), 1 - SUREST)
    return math.log(kept / (1 - kept))
