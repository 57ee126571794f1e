from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.calibration import Calibrator, fit_platt


def test_platt_recovers_the_parameters_that_made_the_data() -> None:
    chance = np.random.default_rng(5)
    margins = chance.uniform(-5, 8, 20_000)
    holds = chance.random(20_000) < 1 / (1 + np.exp(-(0.7 * margins - 1.2)))
    fitted = fit_platt(margins, holds)
    assert fitted.slope == pytest.approx(0.7, abs=0.05)
    assert fitted.offset == pytest.approx(-1.2, abs=0.1)


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        ([5.0] * 50, [-5.0] * 50),
        ([9.0] * 20, [-3.0] * 200),
        ([20.0] * 5, [-20.0] * 5),
        ([30.0], [-5.0]),
        ([2.0], [-4.0]),
    ],
)
def test_separable_data_give_platts_targets_at_the_two_margins(
    positive: list[float], negative: list[float]
) -> None:
    fitted = fit_platt(
        np.array(positive + negative), np.array([True] * len(positive) + [False] * len(negative))
    )
    high, low = (len(positive) + 1) / (len(positive) + 2), 1 / (len(negative) + 2)
    assert fitted.probability(positive[0]) == pytest.approx(high, abs=1e-3)
    assert fitted.probability(negative[0]) == pytest.approx(low, abs=1e-3)


@pytest.mark.parametrize("holds", [[True, True], [False, False], []])
def test_data_of_one_kind_cannot_be_fitted(holds: list[bool]) -> None:
    with pytest.raises(ValueError, match="relations that hold and relations that do not"):
        fit_platt(np.zeros(len(holds)), np.array(holds, dtype=np.bool_))


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0.01, 50), st.floats(-50, 50))
def test_a_larger_margin_never_has_a_smaller_probability(
    one: float, other: float, slope: float, offset: float
) -> None:
    calibrator = Calibrator(slope=slope, offset=offset)
    low, high = (calibrator.probability(margin) for margin in sorted((one, other)))
    assert 0 < low <= high <= 1


def test_a_probability_is_the_sigmoid_of_the_scaled_margin() -> None:
    assert Calibrator(slope=2.0, offset=-1.0).probability(1.5) == pytest.approx(
        1 / (1 + math.exp(-2.0))
    )
