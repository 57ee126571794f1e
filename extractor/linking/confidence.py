"""Scores -> probabilities: of each candidate and of NIL, and that the chosen link is right."""

from __future__ import annotations

import math

import numpy as np

from extractor.linking.features import Floats

SUREST = 1e-9
"""No probability is nearer to 0 or 1: its log-odds stay finite."""


def shares(scores: Floats) -> Floats:
    """Return (candidates,) probabilities: the softmax over them and NIL, whose score is 0."""
    top = max(0.0, float(scores.max(initial=0.0)))
    weights = np.exp(scores - top)
    return weights / (math.fsum(weights) + math.exp(-top))


def log_odds(share: float) -> float:
    """Return the log-odds of a probability."""
    kept = min(max(share, SUREST), 1 - SUREST)
    return math.log(kept / (1 - kept))


def calibrated(share: float, slope: float, offset: float) -> float:
    """Return the probability that a link is right, from its share: Platt scaling (Platt, 1999)."""
    value = slope * log_odds(share) + offset
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
