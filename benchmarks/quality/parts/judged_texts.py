"""Counts and shares of what is right about texts, with intervals over the texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.parts.genre_labels import Assertion, Judged, Labels, judge
from extractor.calibration.counts import score_of
from extractor.calibration.reliability import ece

SAMPLES = 1_000


def figures(found: Sequence[Assertion], labels: Sequence[Labels]) -> dict[str, float]:
    """Return the counts and shares, with intervals, in the order of the documents."""
    judged = judged_texts(found, labels)
    rng = np.random.default_rng(0)
    samples = rng.integers(len(judged), size=(SAMPLES, len(judged)))
    result: dict[str, float] = {
        "texts": len(labels),
        "facts": sum(each.facts for each in judged),
        "asserted": sum(len(each.scored()) for each in judged),
    }
    for least in (0.0, 0.5, 0.8, 0.9):
        end = f"_{least * 100:.0f}" if least else ""
        if least:
            result[f"edges{end}"] = sum(len(each.scored(least)) for each in judged)
        result |= _with_interval(f"precision{end}", judged, samples, _precision(least))
    result |= _with_interval("recall", judged, samples, _recall)
    result |= _with_interval("f1", judged, samples, _f1)
    return result | {
        "tempted": sum(each.tempted for each in judged),
        "contradictions": sum(each.contradicted for each in judged),
    }


def ece_of(found: Sequence[Assertion], labels: Sequence[Labels]) -> float:
    """Return the expected calibration error of all assertions that count, right or wrong.

    Raises:
        ValueError: there are none.
    """
    judged = judged_texts(found, labels)
    right = [chance for each in judged for chance in each.right]
    wrong = [chance for each in judged for chance in each.wrong]
    holds = np.arange(len(right) + len(wrong)) < len(right)
    error = ece(np.array([*right, *wrong], dtype=np.float64), holds)
    if error is None:
        raise ValueError("nothing that is right or wrong was asserted")
    return error


def judged_texts(found: Sequence[Assertion], labels: Sequence[Labels]) -> list[Judged]:
    """Return what the assertions about each text are worth, in the order of the labels."""
    return [judge([each for each in found if each.document == own.document], own) for own in labels]


def _with_interval(
    name: str,
    judged: Sequence[Judged],
    samples: NDArray[np.int64],
    score: Callable[[Sequence[Judged]], float],
) -> dict[str, float]:
    drawn = [score([judged[n] for n in sample]) for sample in samples]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {name: score(judged), f"{name}_low": float(low), f"{name}_high": float(high)}


def _precision(least: float) -> Callable[[Sequence[Judged]], float]:
    def share(judged: Sequence[Judged]) -> float:
        scored = [right for each in judged for right in each.scored(least)]
        return sum(scored) / max(len(scored), 1)

    return share


def _recall(judged: Sequence[Judged]) -> float:
    return sum(each.found for each in judged) / max(sum(each.facts for each in judged), 1)


def _f1(judged: Sequence[Judged]) -> float:
    return score_of(_precision(0.0)(judged), _recall(judged)).f1
