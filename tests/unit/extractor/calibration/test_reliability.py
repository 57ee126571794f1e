from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from extractor.calibration.reliability import auprc, brier, ece, reliability_curve, risk_coverage

Cells = tuple[NDArray[np.float64], NDArray[np.bool_]]


def arrays(rows: list[tuple[float, bool]]) -> Cells:
    return (
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.bool_),
    )


# Few different probabilities, so that many are equal.
ROWS = st.lists(
    st.tuples(st.integers(0, 5).map(lambda n: n / 5), st.booleans()), min_size=1, max_size=40
)


def test_sure_and_right_has_no_error_and_sure_and_wrong_all() -> None:
    sure = np.array([1.0] * 20 + [0.0] * 20)
    assert ece(sure, sure > 0.5, bins=10) == 0
    assert ece(sure, sure < 0.5, bins=10) == 1
    assert brier(sure, sure > 0.5) == 0
    assert brier(sure, sure < 0.5) == 1


def test_the_error_is_the_distance_of_probability_and_share() -> None:
    probabilities = np.repeat([0.2, 0.9], 10)
    holds = np.array([True] * 3 + [False] * 7 + [True] * 5 + [False] * 5)
    low, high = reliability_curve(probabilities, holds, bins=2)
    assert (low.probability, low.share, low.cells) == pytest.approx((0.2, 0.3, 10))
    assert (high.probability, high.share, high.cells) == pytest.approx((0.9, 0.5, 10))
    assert ece(probabilities, holds, bins=2) == pytest.approx((0.1 + 0.4) / 2)
    assert brier(probabilities, holds) == pytest.approx(
        (3 * 0.64 + 7 * 0.04 + 5 * 0.01 + 5 * 0.81) / 20
    )


def test_calibrated_probabilities_have_nearly_no_error() -> None:
    chance = np.random.default_rng(0)
    probabilities = chance.random(50_000)
    error = ece(probabilities, chance.random(50_000) < probabilities)
    assert error is not None
    assert error < 0.01


@settings(deadline=None)
@given(ROWS, st.integers(1, 20))
def test_bins_share_the_cells_evenly(rows: list[tuple[float, bool]], bins: int) -> None:
    probabilities, holds = arrays(rows)
    curve = reliability_curve(probabilities, holds, bins)
    sizes = [each.cells for each in curve]
    assert sum(sizes) == len(rows)
    assert len(curve) == min(bins, len(rows))
    assert max(sizes) - min(sizes) <= 1
    means = [each.probability for each in curve]
    assert np.all(np.diff(means) > -1e-12)


@settings(deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_changes_nothing(
    rows: list[tuple[float, bool]], random: Random
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = arrays(rows), arrays(shuffled)
    assert reliability_curve(*one) == reliability_curve(*other)
    assert auprc(*one, gold=50) == auprc(*other, gold=50)
    assert risk_coverage(*one).risk.tolist() == risk_coverage(*other).risk.tolist()


def test_average_precision_by_hand() -> None:
    ranked = np.array([0.9, 0.8, 0.7, 0.6])
    holds = np.array([True, False, True, False])
    assert auprc(ranked, holds, gold=2) == pytest.approx((1 + 2 / 3) / 2)
    assert auprc(ranked, holds, gold=4) == pytest.approx((1 + 2 / 3) / 4)
    assert auprc(np.full(4, 0.5), holds, gold=2) == pytest.approx(0.5)


@settings(deadline=None)
@given(ROWS)
def test_average_precision_is_the_area_under_the_steps_of_all_thresholds(
    rows: list[tuple[float, bool]],
) -> None:
    probabilities, holds = arrays(rows)
    gold = int(holds.sum()) + 2
    area, reached = 0.0, 0
    for threshold in sorted(set(probabilities.tolist()), reverse=True):
        kept = probabilities >= threshold
        right = int((kept & holds).sum())
        area += (right - reached) / gold * right / int(kept.sum())
        reached = right
    assert auprc(probabilities, holds, gold=gold) == pytest.approx(area)


def test_risk_grows_with_coverage_where_the_surest_are_right() -> None:
    found = risk_coverage(np.array([0.1, 0.9, 0.8, 0.4]), np.array([False, True, True, False]))
    assert found.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert found.risk == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert found.area == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_equal_probabilities_share_their_risk() -> None:
    found = risk_coverage(np.full(4, 0.7), np.array([False, True, True, True]))
    assert found.risk == pytest.approx([0.25] * 4)


def test_nothing_measured_is_no_figure() -> None:
    empty = arrays([])
    assert reliability_curve(*empty) == ()
    assert ece(*empty) is None
    assert brier(*empty) is None
    assert auprc(*empty, gold=3) == 0
    assert auprc(*empty, gold=0) is None
    curve = risk_coverage(*empty)
    assert (curve.coverage.size, curve.risk.size, curve.area) == (0, 0, None)
