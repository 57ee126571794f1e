from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from extractor.calibration.calibration import SMALLEST_SLOPE, Calibrator, fit_calibrator, fit_platt
from extractor.calibration.reliability import ece


class Cells(NamedTuple):
    margins: NDArray[np.float64]
    columns: NDArray[np.int64]
    holds: NDArray[np.bool_]
    folds: NDArray[np.int64]


def cells(slopes: list[float], offsets: list[float], *, seed: int, size: int = 4000) -> Cells:
    chance = np.random.default_rng(seed)
    margins = chance.uniform(-5, 8, size)
    columns = chance.integers(0, len(slopes), size)
    log_odds = np.array(slopes)[columns] * margins + np.array(offsets)[columns]
    return Cells(
        margins, columns, chance.random(size) < 1 / (1 + np.exp(-log_odds)), np.arange(size) % 5
    )


def test_platt_recovers_the_parameters_that_made_the_data() -> None:
    made = cells([0.7], [-1.2], seed=5, size=20_000)
    fitted = fit_platt(made.margins, made.holds)
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
    assert fitted.probability(positive[0], 0) == pytest.approx(high, abs=1e-3)
    assert fitted.probability(negative[0], 0) == pytest.approx(low, abs=1e-3)


def test_margins_that_mislead_keep_their_order_and_the_right_mean() -> None:
    made = cells([-2.0], [0.0], seed=3)
    fitted = fit_platt(made.margins, made.holds)
    assert fitted.slope == SMALLEST_SLOPE
    assert fitted.probabilities(made.margins, 0).mean() == pytest.approx(
        made.holds.mean(), abs=1e-3
    )


@pytest.mark.parametrize("holds", [[True, True], [False, False], []])
def test_data_of_one_kind_cannot_be_fitted(holds: list[bool]) -> None:
    size = len(holds)
    none = np.zeros(size, dtype=np.int64)
    with pytest.raises(ValueError, match="relations that hold and relations that do not"):
        fit_platt(np.zeros(size), np.array(holds, dtype=np.bool_))
    with pytest.raises(ValueError, match="relations that hold and relations that do not"):
        fit_calibrator(np.zeros(size), none, np.array(holds, dtype=np.bool_), none, 3)


def test_relations_that_differ_are_fitted_apart() -> None:
    slopes, offsets = [0.5, 1.0, 2.0], [-3.0, 0.0, 2.0]
    made = cells(slopes, offsets, seed=1)
    fitted = fit_calibrator(*made, relations=4)
    assert fitted.slopes[:3] == pytest.approx(slopes, rel=0.25)
    assert fitted.offsets[:3] == pytest.approx(offsets, abs=0.5)
    assert (fitted.slopes[3], fitted.offsets[3]) == (fitted.slope, fitted.offset)


# In the last two, fitting apart gains a little over all folds, and less than its standard error.
@pytest.mark.parametrize("seed", [0, 1, 4, 17])
def test_relations_that_are_alike_share_the_global_fit(seed: int) -> None:
    made = cells([0.8] * 30, [-1.0] * 30, seed=seed, size=600)
    assert fit_calibrator(*made, relations=30) == fit_platt(made.margins, made.holds)


def test_one_fold_cannot_tell_what_pays() -> None:
    made = cells([0.5, 2.0], [-3.0, 2.0], seed=1)._replace(folds=np.zeros(4000, dtype=np.int64))
    assert fit_calibrator(*made, relations=2) == fit_platt(made.margins, made.holds)


def test_two_folds_can_tell_what_pays() -> None:
    made = cells([0.3, 2.0], [-2.0, 2.0], seed=4)
    fitted = fit_calibrator(made.margins, made.columns, made.holds, made.folds % 2, 2)
    assert fitted.slopes, "one global fit, though the relations differ"


def test_a_margin_of_zero_is_a_margin() -> None:
    made = cells([1.0], [0.0], seed=6)
    fitted = fit_platt(np.round(made.margins), made.holds)
    assert fitted.slope == pytest.approx(1.0, abs=0.1)


def test_without_a_fit_a_margin_is_its_own_log_odds() -> None:
    assert Calibrator().probability(2.0, 0) == pytest.approx(1 / (1 + math.exp(-2)))


def test_a_relation_with_few_cells_stays_near_the_global_fit() -> None:
    made = cells([0.5, 1.0, 2.0], [-3.0, 0.0, 2.0], seed=1)
    both = Cells(
        np.append(made.margins, [4.0, 5.0]),
        np.append(made.columns, [3, 3]),
        np.append(made.holds, [False, False]),
        np.append(made.folds, [0, 0]),
    )
    fitted = fit_calibrator(*both, relations=4)
    common, moved = fitted.slope * 4 + fitted.offset, fitted.slopes[3] * 4 + fitted.offsets[3]
    assert common - 4 < moved < common


def test_calibration_lowers_the_error_on_other_documents() -> None:
    slopes, offsets = [0.4, 0.8, 1.5], [-2.0, -1.0, 1.0]
    fitted = fit_calibrator(*cells(slopes, offsets, seed=1), relations=3)
    other = cells(slopes, offsets, seed=2)
    common = Calibrator(slope=fitted.slope, offset=fitted.offset)
    raw, platt, apart = (
        ece(calibrator.probabilities(other.margins, other.columns), other.holds)
        for calibrator in (Calibrator(), common, fitted)
    )
    assert raw is not None
    assert platt is not None
    assert apart is not None
    assert apart < 0.03
    assert platt < raw / 2

    def of_relations(calibrator: Calibrator) -> float:
        own = [other.columns == column for column in range(3)]
        return sum(
            ece(calibrator.probabilities(other.margins[o], other.columns[o]), other.holds[o]) or 0.0
            for o in own
        )

    assert of_relations(fitted) < of_relations(common) / 2


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-40, 40), st.integers(0, 2), st.booleans(), st.integers(0, 2)),
        min_size=2,
        max_size=30,
    ).filter(lambda rows: len({row[2] for row in rows}) == 2)
)
def test_every_fit_is_finite_and_keeps_the_order_of_margins(
    rows: list[tuple[float, int, bool, int]],
) -> None:
    margins, columns, holds, folds = zip(*rows, strict=True)
    fitted = fit_calibrator(
        np.array(margins), np.array(columns), np.array(holds), np.array(folds), relations=3
    )
    assert min((fitted.slope, *fitted.slopes)) >= SMALLEST_SLOPE
    assert Calibrator(**json.loads(json.dumps(asdict(fitted)))) == fitted


@settings(deadline=None)
@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0.01, 50), st.floats(-50, 50))
def test_a_larger_margin_never_has_a_smaller_probability(
    one: float, other: float, slope: float, offset: float
) -> None:
    calibrator = Calibrator(slopes=(1.0, slope), offsets=(0.0, offset))
    low, high = (calibrator.probability(margin, 1) for margin in sorted((one, other)))
    assert 0 < low <= high <= 1


def test_a_probability_is_the_sigmoid_of_the_scaled_margin() -> None:
    expected = 1 / (1 + math.exp(-2.0))
    assert Calibrator(slope=2.0, offset=-1.0).probability(1.5, 7) == pytest.approx(expected)
    apart = Calibrator(slopes=(9.0, 2.0), offsets=(9.0, -1.0))
    assert apart.probability(1.5, 1) == pytest.approx(expected)


def test_many_probabilities_are_those_of_each() -> None:
    calibrator = Calibrator(slopes=(1.0, 2.0), offsets=(0.5, -0.5))
    together = calibrator.probabilities([[1.0, -1.0], [3.0, 0.2]], [0, 1])
    assert together.tolist() == [
        [calibrator.probability(1.0, 0), calibrator.probability(-1.0, 1)],
        [calibrator.probability(3.0, 0), calibrator.probability(0.2, 1)],
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        {"slope": 0.0},
        {"slope": math.inf},
        {"offset": math.nan},
        {"slopes": (1.0,)},
        {"slopes": (1.0, -1.0), "offsets": (0.0, 0.0)},
        {"slopes": (1.0,), "offsets": (math.nan,)},
    ],
)
def test_numbers_that_are_no_calibrator_are_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a calibrator"):
        Calibrator(**numbers)  # type: ignore[arg-type]
