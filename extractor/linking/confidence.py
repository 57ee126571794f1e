"""Scores -> probabilities: of each candidate and of NIL, and that the chosen link is right."""

from __future__ import annotations

import math

import numpy as np

from extractor.calibration.logistic import log_odds
from extractor.linking.features import Floats


def shares(scores: Floats) -> Floats:
    """Return (candidates,) probabilities: the softmax over them and NIL, whose score is 0."""
    top = max(0.0, float(scores.max(initial=0.0)))
    weights = np.exp(scores - top)
    return weights / (math.fsum(weights) + math.exp(-top))


def calibrated(share: float, slope: float, offset: float) -> float:
    """Return the probability that a link is right, from its share: Platt scaling (Platt, 1999)."""
    value = slope * log_odds(share) + offset
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
