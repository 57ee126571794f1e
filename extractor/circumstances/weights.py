"""Numbers of a statement -> the probability that it is right, and how that is learned.

A logistic regression around Platt scaling (Platt, 1999): with little to learn from, all but the
log-odds that the margin gives weighs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.logistic import fit_logistic, nll, sigmoid
from extractor.circumstances.features import FEATURES, Floats, features_of
from extractor.schema import Entity, Span, Statement

PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0)
"""How strongly weights are held to Platt scaling, in nats per squared unit of a feature that varies
by 1."""
LEAST = 30
"""Right statements, and wrong ones, without which nothing is learned."""
LOG_ODDS = FEATURES.index("log_odds")


@dataclass(frozen=True, slots=True, kw_only=True)
class CircumstanceWeights:
    """probability = sigmoid(weights . features + offset).

    Raises:
        ValueError: a feature is missing or unknown, a number is not finite, or a larger margin
            would make a statement less probable.
    """

    weights: Mapping[str, float]
    """Feature -> weight."""
    offset: float

    def __post_init__(self) -> None:
        if {*self.weights} != {*FEATURES}:
            raise ValueError(
                f"circumstance weights need one weight for each of {', '.join(FEATURES)}"
            )
        if not all(map(math.isfinite, (*self.weights.values(), self.offset))):
            raise ValueError("the weights must be finite")
        if self.weights["log_odds"] <= 0:
            raise ValueError("the weight of the margin's log-odds must be above 0")

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
        features: (statements, features), of documents that trained nothing else.
        right: (statements,) whether the document states it.
        folds: (statements,) fold of the statement's document.
    """
    names = np.unique(folds)
    if min(int(right.sum()), int((~right).sum())) < LEAST or len(names) < 2:
        return None
    gains = np.zeros((len(PENALTIES), len(names)))
    for fold, name in enumerate(names):
        out = folds == name
        target = right[out].astype(np.float64)
        before = nll(features[out, LOG_ODDS], target)
        for row, penalty in enumerate(PENALTIES):
            weights = _fitted(features[~out], right[~out], penalty)
            gains[row, fold] = before - nll(_with_one(features[out]) @ weights, target)
    best = int(gains.sum(axis=1).argmax())
    error = math.sqrt(len(names) * float(gains[best].var(ddof=1)))
    if gains[best].sum() <= error:
        return None
    weights = _fitted(features, right, PENALTIES[best])
    if weights[LOG_ODDS] <= 0:
        return None
    return CircumstanceWeights(
        weights=dict(zip(FEATURES, weights[:-1].tolist(), strict=True)), offset=float(weights[-1])
    )


def _fitted(features: Floats, right: NDArray[np.bool_], penalty: float) -> Floats:
    """Return (features + 1,) weights and offset, held to Platt scaling of the log-odds."""
    target = right.astype(np.float64)
    spread = features.std(axis=0)
    spread[spread == 0] = 1.0  # of what is the same everywhere nothing can be learned
    spread[LOG_ODDS] = 1.0
    inputs = _with_one((features - features.mean(axis=0)) / spread)
    inputs[:, LOG_ODDS] = features[:, LOG_ODDS]
    start = np.zeros(inputs.shape[1])
    line = inputs[:, [LOG_ODDS, -1]]
    start[[LOG_ODDS, -1]] = fit_logistic(line, 0 * target, target, np.array([1.0, 0.0]), 0.0)
    found = fit_logistic(inputs, 0 * target, target, start, penalty)
    weights = found[:-1] / spread
    held = weights.copy()
    held[LOG_ODDS] = 0.0
    return np.append(weights, found[-1] - held @ features.mean(axis=0))


def _with_one(features: Floats) -> Floats:
    return np.column_stack([features, np.ones(len(features))])
