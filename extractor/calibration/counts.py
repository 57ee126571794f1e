"""Precision, recall and F1 from counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64] | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F1, as fractions of 1."""

    precision: float
    recall: float
    f1: float


def micro(right: int, predicted: int, gold: int) -> Score:
    """Return micro-averaged precision, recall and F1 from counts."""
    return score_of(right / predicted if predicted else 0.0, right / gold if gold else 0.0)


def score_of(precision: float, recall: float) -> Score:
    """Return a score of its two sides; F1 is 0 where both are."""
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Score(precision=precision, recall=recall, f1=f1)


def f1(right: Ints, predicted: Ints, gold: Ints) -> NDArray[np.float64]:
    """Return micro F1 of counts of one shape; 0 where nothing is predicted or gold."""
    return np.asarray(2 * right / np.maximum(predicted + gold, 1))
