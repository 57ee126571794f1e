"""Is one system better than another: the paired bootstrap by document (Efron; Koehn, 2004)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.counts import f1

DocumentTriples = NDArray[np.int64]
"""(documents, 3): triples right, predicted and gold of each document."""
RESAMPLES, SEED = 10_000, 0
"""How often the documents are drawn, and the seed of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Micro F1 of B minus micro F1 of A, as fractions of 1."""

    difference: float
    """On the documents as they are."""
    mean: float
    """Over the resamples."""
    low: float
    """2.5th percentile of the resamples."""
    high: float
    """97.5th percentile."""
    share_not_better: float
    """Of the resamples where B has no higher F1 than A: the one-sided p-value."""


def paired_bootstrap(a: DocumentTriples, b: DocumentTriples) -> Comparison:
    """Compare two systems on the same documents, drawn again with replacement.

    Documents are drawn, not triples: those of one document are right or wrong together. For systems
    trained with several seeds, add up the counts of a document over the seeds.

    Args:
        a: (documents, 3) counts of the system to beat.
        b: (documents, 3) counts of the other, in the same order.

    Raises:
        ValueError: no document, or the two do not have the same gold.
    """
    if a.shape != b.shape or not len(a) or (a[:, 2] != b[:, 2]).any():
        raise ValueError("compare two systems on the same documents with the same gold triples")
    documents = len(a)
    draws = np.random.default_rng(SEED).multinomial(
        documents, np.full(documents, 1 / documents), size=RESAMPLES
    )
    differences = _f1(draws @ b) - _f1(draws @ a)
    low, high = np.quantile(differences, (0.025, 0.975))
    return Comparison(
        difference=float(_f1(b.sum(axis=0)) - _f1(a.sum(axis=0))),
        mean=float(differences.mean()),
        low=float(low),
        high=float(high),
        share_not_better=float(np.mean(differences <= 0)),
    )


def _f1(counts: DocumentTriples) -> NDArray[np.float64]:
    return f1(*np.moveaxis(counts, -1, 0))
