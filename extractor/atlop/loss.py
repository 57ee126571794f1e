"""Losses over TH and the relations of an entity pair; inference is the same for all: margin > 0.

Notation of `docs/explanation/model.md`: s_r the logit of relation r, s_0 that of TH, m_r = s_r -
s_0 the margin, P the gold relations of a pair, N all others. What a margin means is what minimises
the expected loss of a relation that holds with probability p:

| loss | margin at the minimum | asserted (margin > 0) when |
|---|---|---|
| `atl` | log(p / (1 - p)) if the others rest far below TH, else larger | p > 0.5, or less |
| `sat` | log(p / (1 - p)) | p > 0.5 |
| `bce` | log(p / (1 - p)), TH being the constant 0 | p > 0.5 |
| `afl` | no closed form; +0.51 at p = 0.5, +1.65 at p = 0.8 | p > 0.35 |
| `hinge_abl` | log(p / (1 - p)) if all other relations rest at -5, else larger | p > 0.5, or less |
| `atgl` | log(alpha * p); ends at log(alpha) | p > 1 / alpha |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

from extractor.relations import THRESHOLD_COLUMN

Loss = Literal["atl", "bce", "afl", "sat", "hinge_abl", "atgl"]
HINGE = 5.0
"""Margin beyond which HingeABL lets a cell rest."""
ATGL_ALPHA = 16.5
"""Weight of gold relations against TH, chosen for Re-DocRED in ATGL's paper."""
LOWEST = float("-inf")
SOFT_LOSSES = ("bce", "sat", "atgl")
"""Losses that are linear in the labels, so that a chance can stand for a label."""


def relation_loss(logits: Tensor, labels: Tensor, kind: Loss) -> Tensor:
    """Return the mean loss over entity pairs.

    Args:
        logits: (pairs, relations), fp32; column 0 is TH.
        labels: (pairs, relations), bool, or for `SOFT_LOSSES` the chance that each relation holds;
            column 0 is ignored and never written.
        kind: the loss.
    """
    return LOSSES[kind](logits, labels).mean()


def evidence_loss(shares: Tensor, evidence: Tensor) -> Tensor:
    """Return KL(evidence || sentence shares), the mean over pairs (DREEAM, 2023).

    Args:
        shares: (pairs, sentences), localized context attention by sentence.
        evidence: (pairs, sentences), bool; every pair has at least one evidence sentence.
    """
    target = evidence / evidence.sum(dim=-1, keepdim=True)
    divergence = target * (target.clamp_min(1e-30).log() - shares.clamp_min(1e-8).log())
    return divergence.sum(dim=-1).mean()


def _adaptive_thresholding(logits: Tensor, labels: Tensor) -> Tensor:
    """Return L1 + L2 for each pair ("Adaptive Thresholding").

    L1 ranks every gold relation above TH, L2 ranks TH above all others.
    """
    positive, threshold = _positive(labels), _threshold(labels)
    over_positive = logits.masked_fill(~(positive | threshold), LOWEST).log_softmax(dim=-1)
    first = -over_positive.masked_fill(~positive, 0.0).sum(dim=-1)
    return first + _negatives_below_threshold(logits, positive)


def _negatives_below_threshold(logits: Tensor, positive: Tensor) -> Tensor:
    """Return L2: TH against all relations that are not gold."""
    over_negative = logits.masked_fill(positive, LOWEST).log_softmax(dim=-1)
    return -over_negative[:, THRESHOLD_COLUMN]


def _binary_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the paper's baseline loss; under a learned TH it is SAT."""
    margins, gold = _margins(logits, labels)
    return (softplus(margins) - gold * margins).sum(dim=-1)


def _adaptive_focal(logits: Tensor, labels: Tensor) -> Tensor:
    """Return AFL (KD-DocRE, 2022) with gamma 1 and the weight of its released code, 2 - sigma."""
    margins, gold = _margins(logits, labels)
    positives = gold * (2.0 - torch.sigmoid(margins)) * softplus(-margins)
    return positives.sum(dim=-1) + _negatives_below_threshold(logits, _positive(labels))


def _hinge_balanced(logits: Tensor, labels: Tensor) -> Tensor:
    """Return HingeABL (Wang et al., 2023), its weights normalised over the pair's cells."""
    margins, gold = _margins(logits, labels)
    of_positive, of_negative = gold * relu(HINGE - margins), (1 - gold) * relu(HINGE + margins)
    positives = _share(of_positive) * softplus(-margins)
    negatives = _share(of_negative) * softplus(margins)
    return (positives + negatives).sum(dim=-1)


def _share(weight: Tensor) -> Tensor:
    return weight / weight.sum(dim=-1, keepdim=True).clamp_min(1e-6)


def _adaptive_threshold_guided(logits: Tensor, labels: Tensor) -> Tensor:
    """Return ATGL (2026): cross-entropy over all classes, gold relations weighted by alpha."""
    chances = logits.log_softmax(dim=-1)
    gold = (chances * labels)[:, THRESHOLD_COLUMN + 1 :].sum(dim=-1)
    return -(ATGL_ALPHA * gold + chances[:, THRESHOLD_COLUMN])


def _margins(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return margins and labels without TH."""
    margins = logits - logits[:, THRESHOLD_COLUMN, None]
    return margins[:, THRESHOLD_COLUMN + 1 :], labels[:, THRESHOLD_COLUMN + 1 :].to(logits.dtype)


def _positive(labels: Tensor) -> Tensor:
    positive = labels > 0
    positive[:, THRESHOLD_COLUMN] = False
    return positive


def _threshold(labels: Tensor) -> Tensor:
    threshold = torch.zeros_like(labels, dtype=torch.bool)
    threshold[:, THRESHOLD_COLUMN] = True
    return threshold


LOSSES: Mapping[Loss, Callable[[Tensor, Tensor], Tensor]] = {
    "atl": _adaptive_thresholding,
    "bce": _binary_cross_entropy,
    "afl": _adaptive_focal,
    "sat": _binary_cross_entropy,
    "hinge_abl": _hinge_balanced,
    "atgl": _adaptive_threshold_guided,
}
