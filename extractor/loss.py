"""Adaptive-thresholding loss (ATLOP, section 3.2)."""

from __future__ import annotations

import torch
from torch import Tensor

from extractor.relations import THRESHOLD_COLUMN


def adaptive_thresholding_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean loss over entity pairs (equations 6 to 8).

    L1 ranks every gold relation above TH, L2 ranks TH above all others. A margin that minimises it
    is the log-odds of the relation, so 0 decides at a probability of one half.

    Args:
        logits: (pairs, relations), fp32; column 0 is TH.
        labels: (pairs, relations), bool; column 0 is ignored and never written.
    """
    positive = labels.clone()
    positive[:, THRESHOLD_COLUMN] = False
    threshold = torch.zeros_like(positive)
    threshold[:, THRESHOLD_COLUMN] = True
    lowest = float("-inf")
    over_positive = logits.masked_fill(~(positive | threshold), lowest).log_softmax(dim=-1)
    first = -over_positive.masked_fill(~positive, 0.0).sum(dim=-1)
    over_negative = logits.masked_fill(positive, lowest).log_softmax(dim=-1)
    second = -over_negative[:, THRESHOLD_COLUMN]
    return (first + second).mean()
