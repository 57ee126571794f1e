"""Numbers of a statement -> the probability that it is right, and how that is learned.

A logistic regression around Platt scaling (Platt, 1999): with little to learn from, all but the
log-odds that the margin gives weighs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.calibration import fit_platt
from extractor.calibration.logistic import Floats, chosen_penalty, fit_logistic, nll, sigmoid
from extractor.circumstances.features import FEATURES, features_of
from extractor.schema import Entity, Span, Statement

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0)
"""How strongly all numbers are held to Platt scaling, in nats per squared unit of a feature that is
scaled to a standard deviation of 1, or of the log-odds as they are."""
LEAST = 30
"""Right statements, and wrong ones, without which nothing is learned."""
LEAST_SPREAD = 0.1
"""Standard deviation that a feature is scaled by at least: one statement in hundreds that differs
teaches little, and rounding nothing."""
LARGEST = 1e6
"""Of weights; beyond, probabilities would overflow."""
LOG_ODDS = FEATURES.index("log_odds")


@dataclass(frozen=True, slots=True, kw_only=True)
class CircumstanceWeights:
    """probability = sigmoid(weights . features + offset).

    Raises:
        ValueError: a feature is missing or unknown, a number is none or too large, or a larger
            margin would make a statement less probable.
    """

    weights: Mapping[str, float]
    """Feature -> weight."""
    offset: float

    def __post_init__(self) -> None:
        """Check the numbers, which may come from a file."""
        if {*self.weights} != {*FEATURES}:
            raise ValueError(f"circumstances need one weight for each of {', '.join(FEATURES)}")
        for name, number in (*self.weights.items(), ("offset", self.offset)):
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise ValueError(f"the weight of {name} is no number: {number!r}")
            if not abs(number) <= LARGEST:
                raise ValueError(
                    f"the weight of {name} is not between -{LARGEST:g} and {LARGEST:g}"
                )
        if self.weights["log_odds"] <= 0:
            raise ValueError("the weight of log_odds must be above 0: larger margins are likelier")

    def probabilities(self, features: Floats) -> Floats:
        """Return the probabilities of statements.

        Args:
            features: (statements, features), of `features_of`.
        """
        return sigmoid(features @ np.array([self.weights[name] for name in FEATURES]) + self.offset)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"weights": dict(self.weights), "offset": self.offset}


def weigh(
    statements: Sequence[Statement],
    entities: Sequence[Entity],
    sentences: Sequence[Span],
    weights: CircumstanceWeights | None,
) -> tuple[Statement, ...]:
    """Return the statements of a raw text as probable as all that stands around them says.

    Args:
        statements: of one document, with the probabilities that their margins alone give.
        entities: of the document.
        sentences: of its text.
        weights: of the checkpoint; one that has learned none leaves the statements as they are.
    """
    if weights is None or not statements:
        return tuple(statements)
    chances = weights.probabilities(features_of(statements, entities, sentences))
    return tuple(
        replace(each, probability=float(chance))
        for each, chance in zip(statements, chances, strict=True)
    )


def fit_circumstances(
    features: Floats, right: NDArray[np.bool_], folds: NDArray[np.int64]
) -> CircumstanceWeights | None:
    """Learn from the statements of raw texts, where that lowers the error on texts left out.

    The penalty is the one with the least error on the folds left out. Nothing is learned from few
    statements, or where it gains less than its standard error over the folds.

    Args:
        features: (statements, features), of documents that trained no weights.
        right: (statements,) whether the document states it.
        folds: (statements,) fold of the statement's document.
    """
    names = np.unique(folds)
    left = [right[folds != name] for name in names]
    if min(int(right.sum()), int((~right).sum())) < LEAST or len(names) < 2:
        return None
    if not all(some.any() and not some.all() for some in left):
        return None  # all that is right, or wrong, stands in one fold
    gains = np.zeros((len(PENALTIES), len(names)))
    for fold, name in enumerate(names):
        out = folds == name
        target = right[out].astype(np.float64)
        before = nll(features[out, LOG_ODDS], target)
        for row, penalty in enumerate(PENALTIES):
            weights = _fitted(features[~out], right[~out], penalty)
            gains[row, fold] = before - nll(_with_one(features[out]) @ weights, target)
    chosen = chosen_penalty(PENALTIES, gains)
    if chosen is None:
        return None
    *weights, offset = _fitted(features, right, chosen).tolist()
    if weights[LOG_ODDS] <= 0:
        return None
    return CircumstanceWeights(weights=dict(zip(FEATURES, weights, strict=True)), offset=offset)


def _fitted(features: Floats, right: NDArray[np.bool_], penalty: float) -> Floats:
    """Return (features + 1,) weights and offset, held to Platt scaling of the log-odds."""
    spread = np.maximum(features.std(axis=0), LEAST_SPREAD)
    middle = features.mean(axis=0)
    spread[LOG_ODDS], middle[LOG_ODDS] = 1.0, 0.0  # so that Platt's numbers are a start
    platt = fit_platt(features[:, LOG_ODDS], right)
    start = np.zeros(len(FEATURES) + 1)
    start[[LOG_ODDS, -1]] = platt.slope, platt.offset
    inputs = _with_one((features - middle) / spread)
    target = right.astype(np.float64)
    found = fit_logistic(inputs, 0 * target, target, start, penalty)
    weights = found[:-1] / spread
    return np.append(weights, found[-1] - weights @ middle)


def _with_one(features: Floats) -> Floats:
    return np.column_stack([features, np.ones(len(features))])
