"""Circumstances -> probability: what is learned, and when nothing is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from extractor.calibration.logistic import Floats, sigmoid
from extractor.circumstances.features import FEATURES
from extractor.circumstances.weights import (
    LEAST,
    LOG_ODDS,
    CircumstanceWeights,
    fit_circumstances,
    weigh,
)
from tests.unit.extractor.circumstances.stated import stated, text

AS_THE_MARGIN_SAYS = {name: float(name == "log_odds") for name in FEATURES}
HEAD = FEATURES.index("head_mention")
FOUND = text("[Ada|PER|0] of [Kent|LOC|1] met [Bert|PER|2].", [(0.5,), (9.0,), (9.0,)])


def sample(
    number: int, by: Mapping[int, float], seed: int = 0
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    """Return features, truths whose log-odds are a sum of weighted ones, and folds."""
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(number, len(FEATURES)))
    odds = sum(weight * features[:, column] for column, weight in by.items())
    right = chance.random(number) < sigmoid(np.asarray(odds, dtype=np.float64))
    return features, right, np.arange(number) % 5


def test_what_makes_statements_right_is_learned() -> None:
    learned = fit_circumstances(*sample(4000, {LOG_ODDS: 1.0, HEAD: 1.5}))
    assert learned is not None
    assert learned.weights["log_odds"] == pytest.approx(1.0, abs=0.15)
    assert learned.weights["head_mention"] == pytest.approx(1.5, abs=0.2)
    rest = [w for name, w in learned.weights.items() if name not in ("log_odds", "head_mention")]
    assert max(map(abs, rest)) < 0.15


def test_features_of_any_size_are_learned_alike() -> None:
    features, right, folds = sample(2000, {LOG_ODDS: 1.0, HEAD: 1.5})
    scaled = features.copy()
    scaled[:, HEAD] = 50 * features[:, HEAD] + 1000
    one, other = fit_circumstances(features, right, folds), fit_circumstances(scaled, right, folds)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.probabilities(features), other.probabilities(scaled), atol=1e-6)


def test_where_the_margin_says_all_nothing_is_learned() -> None:
    assert fit_circumstances(*sample(600, {LOG_ODDS: 1.0})) is None


def test_where_larger_margins_are_wrong_nothing_is_learned() -> None:
    assert fit_circumstances(*sample(2000, {LOG_ODDS: -2.0, HEAD: 1.0})) is None


def test_few_statements_or_one_fold_teach_nothing() -> None:
    features, right, folds = sample(2000, {LOG_ODDS: 1.0, HEAD: 3.0})
    few = np.flatnonzero(right)[: LEAST - 1]
    kept = np.concatenate([few, np.flatnonzero(~right)])
    assert fit_circumstances(features[kept], right[kept], folds[kept]) is None
    assert fit_circumstances(features, right, np.zeros_like(folds)) is None
    empty = np.empty((0, len(FEATURES)))
    assert fit_circumstances(empty, np.empty(0, np.bool_), np.empty(0, np.int64)) is None


@pytest.mark.parametrize("value", [7.0, 0.1, math.log(2)])
def test_a_feature_that_never_varies_weighs_nothing(value: float) -> None:
    features, right, folds = sample(2000, {LOG_ODDS: 1.0, HEAD: 2.0})
    features[:, 3] = value
    learned = fit_circumstances(features, right, folds)
    assert learned is not None
    assert learned.weights[FEATURES[3]] == pytest.approx(0, abs=1e-9)


def test_one_statement_that_differs_moves_little() -> None:
    features, right, folds = sample(2000, {LOG_ODDS: 1.0, HEAD: 2.0})
    features[:, 3] = 0.0
    features[int(np.argmax(right)), 3] = 1.0
    learned = fit_circumstances(features, right, folds)
    assert learned is not None
    assert abs(learned.weights[FEATURES[3]]) < 2


def test_what_the_margin_parts_completely_stays_finite() -> None:
    features, right, folds = sample(400, {LOG_ODDS: 1.0})
    features[:, LOG_ODDS] = np.where(right, 1.0, -1.0) * (0.5 + np.abs(features[:, LOG_ODDS]))
    learned = fit_circumstances(features, right, folds)
    assert learned is None or learned.weights["log_odds"] < 20


def test_a_fold_that_holds_all_that_is_right_teaches_nothing() -> None:
    features, right, _ = sample(2000, {LOG_ODDS: 1.0, HEAD: 3.0})
    assert fit_circumstances(features, right, right.astype(np.int64)) is None


def test_only_probabilities_change() -> None:
    weights = CircumstanceWeights(weights={**AS_THE_MARGIN_SAYS, "head_mention": 1.0}, offset=-8.0)
    before = [stated(0, "P19", 1, 0.7), stated(2, "P19", 1, 0.7)]
    doubtful, sure = weigh(before, FOUND.entities, FOUND.sentences, weights)
    assert doubtful.probability < 0.01
    assert sure.probability == pytest.approx(0.7)
    assert [replace(each, probability=0.7) for each in (doubtful, sure)] == before


def test_without_weights_statements_stay_as_they_are() -> None:
    before = (stated(0, "P19", 1, 0.7),)
    assert weigh(before, FOUND.entities, FOUND.sentences, None) == before
    weights = CircumstanceWeights(weights=AS_THE_MARGIN_SAYS, offset=0.0)
    assert weigh((), FOUND.entities, FOUND.sentences, weights) == ()


@pytest.mark.parametrize(
    ("weights", "offset", "why"),
    [
        ({"log_odds": 1.0}, 0.0, "one weight for each"),
        ({**AS_THE_MARGIN_SAYS, "moon": 1.0}, 0.0, "one weight for each"),
        ({**AS_THE_MARGIN_SAYS, "head_first": float("nan")}, 0.0, "head_first is not between"),
        ({**AS_THE_MARGIN_SAYS, "head_first": 1e308}, 0.0, "head_first is not between"),
        (AS_THE_MARGIN_SAYS, float("inf"), "offset is not between"),
        (AS_THE_MARGIN_SAYS, 10**400, "offset is not between"),
        ({**AS_THE_MARGIN_SAYS, "head_first": True}, 0.0, "no number: True"),
        ({**AS_THE_MARGIN_SAYS, "head_first": "1"}, 0.0, "no number: '1'"),
        ({**AS_THE_MARGIN_SAYS, "log_odds": 0.0}, 0.0, "above 0"),
    ],
)
def test_other_weights_are_refused(weights: dict[str, Any], offset: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        CircumstanceWeights(weights=weights, offset=offset)
