"""How far probabilities can be trusted: calibration error, ranking, and risk against coverage.

Cells with equal probabilities cannot be ranked: each counts as their average does, so that no
figure depends on the order of its input. A figure that nothing was measured for is None.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Cells of similar probability; calibrated where the two means agree."""

    probability: float
    """Mean over the cells."""
    share: float
    """Of the cells that hold."""
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCoverage:
    """What the surest cells cost: the risk of keeping 1, 2, ... all of them."""

    coverage: Floats
    """(cells,) share of the cells kept, the most probable first."""
    risk: Floats
    """(cells,) share of the kept cells that do not hold."""
    area: float | None
    """Mean risk over all coverages (AURC; Geifman, Uziel and El-Yaniv, 2019); lower is better."""


def reliability_curve(
    probabilities: Floats, holds: Truths, bins: int = 15
) -> tuple[ReliabilityBin, ...]:
    """Return bins of equal mass by rising probability; fewer than asked for fewer cells.

    Args:
        probabilities: (cells,).
        holds: (cells,) whether the relation is gold.
        bins: how many; sizes differ by one cell at most.
    """
    ranked, chances = _ranked(probabilities, holds)
    parts = np.array_split(np.arange(ranked.size), min(bins, ranked.size) or 1)
    return tuple(
        ReliabilityBin(
            probability=float(ranked[part].mean()),
            share=float(chances[part].mean()),
            cells=part.size,
        )
        for part in parts
        if part.size
    )


def ece(probabilities: Floats, holds: Truths, bins: int = 15) -> float | None:
    """Return the expected calibration error over bins of equal mass; None without cells.

    The mean over cells of |mean probability - share that holds| of the cell's bin.
    """
    curve = reliability_curve(probabilities, holds, bins)
    if not curve:
        return None
    off = sum(each.cells * abs(each.probability - each.share) for each in curve)
    return off / probabilities.size


def brier(probabilities: Floats, holds: Truths) -> float | None:
    """Return the mean squared distance of probability and truth (Brier, 1950), or None."""
    return float(np.mean((probabilities - holds) ** 2)) if probabilities.size else None


def auprc(probabilities: Floats, holds: Truths, *, gold: int) -> float | None:
    """Return the average precision: sum over recall steps of (R_k - R_k-1) * P_k; no interpolation.

    Args:
        probabilities: (cells,), or any score of one order with them.
        holds: (cells,) whether the relation is gold.
        gold: all gold triples; those outside of the cells are missed. 0 gives None.
    """
    if not gold:
        return None
    _, group, counts = np.unique(-probabilities, return_inverse=True, return_counts=True)
    right = np.bincount(group[holds], minlength=counts.size)
    precision = np.cumsum(right) / np.cumsum(counts)
    return float(np.sum(right * precision) / gold)


def risk_coverage(probabilities: Floats, holds: Truths) -> RiskCoverage:
    """Return the risk of keeping only the most probable of (cells,), for every number kept."""
    _, chances = _ranked(probabilities, holds)
    kept = np.arange(1, chances.size + 1)
    risk = np.cumsum(1 - chances[::-1]) / kept
    return RiskCoverage(
        coverage=kept / max(chances.size, 1),
        risk=risk,
        area=float(risk.mean()) if risk.size else None,
    )


def _ranked(probabilities: Floats, holds: Truths) -> tuple[Floats, Floats]:
    """Return (cells,) rising probabilities, and the share that holds among a cell's equals."""
    values, group, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    share = np.bincount(group[holds], minlength=counts.size) / counts
    return np.repeat(values, counts), np.repeat(share, counts)
