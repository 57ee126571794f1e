"""Learn the weights of linking from documents whose clusters have gold ids.

Conditional logistic regression: the probability of a candidate is the softmax of its score over the
cluster's candidates and NIL (score 0), and the gold one's log-likelihood is made as large as an L2
penalty lets it. Convex, solved by Newton's method, so nothing depends on a seed or on the order of
documents beyond rounding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.calibration import fit_platt
from extractor.calibration.logistic import log_odds
from extractor.datasets.docred import LabelledDocument
from extractor.linking.confidence import shares
from extractor.linking.features import FALLING, FEATURES, RISING, Floats
from extractor.linking.ranking import Candidates, Ranking
from extractor.linking.weights import KindWeights, LinkingWeights
from extractor.schema import ENTITY_TYPES

PENALTY = 1.0
"""Half of it times the squared weights is added to the negative log-likelihood, in nats."""
STEPS = 100
LONGEST_STEP = 2.0
"""Of any weight in one step of Newton's method, which runs away from 0 otherwise."""
FOLDS = 5
SIGNS = np.array([(name in FALLING) - (name in RISING) for name in FEATURES])
"""Which sign a weight has to have; 0: either."""
NO_WEIGHTS = np.zeros(len(FEATURES))
DECIMALS = 4
"""Of weights: enough for the ranking, and readable."""


@dataclass(frozen=True, slots=True)
class LinkedDocument:
    """A document with its clusters' gold ids and the candidates of their names."""

    labelled: LabelledDocument
    candidates: Candidates
    weight: float = 1.0
    """How much its clusters count when weights are learned."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One cluster that has candidates."""

    features: Floats
    """(candidates, features)"""
    weight: float
    gold: int
    """The right candidate; -1: none is, whether the cluster is NIL or its entry was not found."""


class PreparedDocument:
    """A document with the features of its candidates, computed once for all fits."""

    def __init__(self, item: LinkedDocument) -> None:
        document = item.labelled.document
        self.id = document.id
        self._weight = item.weight
        self.fold = _fold(document.title)
        self.proper = all(cluster.type in ENTITY_TYPES for cluster in document.clusters)
        self._ranking = Ranking(document, document.clusters, item.candidates)
        kb_ids = item.labelled.kb_ids or ((),) * len(document.clusters)
        self._gold = [
            _gold(ids, [candidate.id for candidate in options])
            for ids, options in zip(kb_ids, self._ranking.options, strict=True)
        ]

    def cases(self, first: Floats | None = None) -> list[_Case]:
        """Return the clusters that have candidates; coherence by the weights of a first pass."""
        weights = np.zeros(len(FEATURES)) if first is None else first
        features = self._ranking.features
        found = [shares(self._ranking.scores(n, weights)) for n in range(len(features))]
        self._ranking.learn_links(found if first is not None else [])
        return [
            _Case(features=rows.copy(), weight=self._weight, gold=gold)
            for rows, gold in zip(features, self._gold, strict=True)
            if len(rows)
        ]


def train_linking(prepared: Sequence[PreparedDocument]) -> LinkingWeights:
    """Return weights learned from all documents, each of which has proper names or terms.

    Where none has terms, the weights of names serve them too.

    Raises:
        ValueError: no document has a candidate that is right, or none has one that is wrong.
    """
    names = _train_kind([item for item in prepared if item.proper])
    terms = [item for item in prepared if not item.proper]
    return LinkingWeights(
        features=FEATURES,
        names=names,
        terms=_train_kind(terms) if terms else names,
        trained_on=tuple(sorted({item.id for item in prepared})),
    )


def _train_kind(prepared: Sequence[PreparedDocument]) -> KindWeights:
    """Return weights learned from documents of one kind; confidence from cross-validation.

    The calibrator sees each document with weights that were learned without its fold.
    """
    first, second = _fit_both(prepared)
    slope, offset = _confidence(_left_out(prepared, first, second))
    return KindWeights(
        first=tuple(first.round(DECIMALS).tolist()),
        second=tuple(second.round(DECIMALS).tolist()),
        slope=round(slope, DECIMALS),
        offset=round(offset, DECIMALS),
    )


def _left_out(prepared: Sequence[PreparedDocument], *start: Floats) -> list[tuple[Floats, int]]:
    """Return shares and gold of each cluster, by weights that its fold did not train."""
    found = []
    for fold in sorted({item.fold for item in prepared}):
        first, second = _fit_both([item for item in prepared if item.fold != fold], *start)
        found += [
            (_shares(case, second), case.gold)
            for item in prepared
            if item.fold == fold
            for case in item.cases(first)
        ]
    return found


def _fold(title: str) -> int:
    """Return the fold of a document: another share of its title's hash than the held-out fifth."""
    return int(hashlib.sha256(title.encode()).hexdigest(), 16) // 5 % FOLDS


def _gold(ids: Sequence[str], candidates: Sequence[str]) -> int:
    """Return the place of the cluster's most frequent id among the candidates, or -1."""
    local = [candidate.partition(":")[2] for candidate in candidates]
    return local.index(ids[0]) if ids and ids[0] in local else -1


def _fit_both(documents: Sequence[PreparedDocument], *start: Floats) -> tuple[Floats, Floats]:
    """Return (features,) weights of the first and of the second pass.

    Args:
        documents: to learn from.
        start: weights of both passes that are near; the search begins there.
    """
    one, two = start or (NO_WEIGHTS, NO_WEIGHTS)
    first = _fit([case for item in documents for case in item.cases()], one)
    return first, _fit([case for item in documents for case in item.cases(first)], two)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The candidates of all cases, one after the other."""

    features: Floats
    """(rows, features)"""
    starts: NDArray[np.int64]
    """(cases,) where each begins."""
    case: NDArray[np.int64]
    """(rows,) whose candidate it is."""
    right: Floats
    """(cases, features) of the gold choices; 0 for NIL."""
    counts: Floats
    """(cases,) how much each counts."""


def _fit(cases: Sequence[_Case], start: Floats) -> Floats:
    """Return the weights that make the gold choices likeliest, none of a sign that it may not have.

    Features whose weight comes out with the wrong sign are left out, until none does. Without
    cases nothing is learned, and the calibrator refuses.
    """
    if not cases:
        return start
    sizes = [len(case.features) for case in cases]
    features = np.concatenate([case.features for case in cases])
    right = [case.features[case.gold] if case.gold >= 0 else NO_WEIGHTS for case in cases]
    used = np.ones(len(FEATURES), dtype=bool)
    while True:
        rows = _Rows(
            features=features[:, used],
            starts=np.cumsum([0, *sizes[:-1]]),
            case=np.repeat(np.arange(len(cases)), sizes),
            right=np.array(right)[:, used],
            counts=np.array([case.weight for case in cases]),
        )
        weights = np.zeros(len(FEATURES))
        weights[used] = _newton(rows, start[used])
        wrong = weights * SIGNS < 0
        if not wrong.any():
            return weights
        used &= ~wrong


def _newton(rows: _Rows, weights: Floats) -> Floats:
    """Return (features,) weights by Newton's method, from weights to begin with."""
    penalty = PENALTY * np.eye(len(weights))
    for _ in range(STEPS):
        chance = _chances(rows, rows.features @ weights)
        expected = np.add.reduceat(rows.features * chance[:, None], rows.starts)
        gradient = rows.counts @ (expected - rows.right) + PENALTY * weights
        counted = (chance * rows.counts[rows.case])[:, None]
        spread = rows.features.T @ (rows.features * counted)
        spread -= (expected * rows.counts[:, None]).T @ expected
        step = np.linalg.solve(spread + penalty, gradient)
        weights = weights - step * min(1.0, LONGEST_STEP / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _chances(rows: _Rows, scores: Floats) -> Floats:
    """Return (rows,) the softmax over each case's candidates and NIL, whose score is 0."""
    top = np.maximum(np.maximum.reduceat(scores, rows.starts), 0.0)
    raised = np.exp(scores - top[rows.case])
    total = np.add.reduceat(raised, rows.starts) + np.exp(-top)
    found: Floats = raised / total[rows.case]
    return found


def _shares(case: _Case, weights: Floats) -> Floats:
    return shares((case.features * weights).sum(axis=1))


def _confidence(left_out: Sequence[tuple[Floats, int]]) -> tuple[float, float]:
    """Return slope and offset: how often the likeliest candidate is right, by its share."""
    odds = np.array([log_odds(float(found.max())) for found, _ in left_out])
    holds = np.array([int(found.argmax()) == gold for found, gold in left_out])
    calibrator = fit_platt(odds, holds)
    return calibrator.slope, calibrator.offset
