from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from extractor.calibration.thresholds import Thresholding, Thresholds, tune


class Cells(NamedTuple):
    margins: NDArray[np.float64]
    columns: NDArray[np.int64]
    holds: NDArray[np.bool_]
    outside: int
    """Gold triples that no cell is about."""

    def tuned(self, thresholding: Thresholding) -> Thresholds:
        gold = int(self.holds.sum()) + self.outside
        return tune(thresholding, *self[:3], gold=gold, relations=3)

    def f1(self, values: tuple[float, ...]) -> float:
        asserted = self.margins > np.asarray(values)[self.columns]
        right, gold = int((asserted & self.holds).sum()), int(self.holds.sum()) + self.outside
        total = int(asserted.sum()) + gold
        return 2 * right / total if total else 0.0


@st.composite
def cells(draw: st.DrawFn) -> Cells:
    # Few different margins, so that many are equal.
    margin = st.integers(-3, 3).map(lambda n: n / 2)
    rows = draw(st.lists(st.tuples(margin, st.integers(0, 2), st.booleans()), max_size=12))
    return Cells(
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.bool_),
        draw(st.integers(0, 5)),
    )


CUTS = [n / 2 + 0.25 for n in range(-4, 4)]


@settings(deadline=None)
@given(cells())
def test_the_best_shift_is_as_good_as_any(made: Cells) -> None:
    best = max(made.f1((cut,) * 3) for cut in CUTS)
    assert made.f1(made.tuned("shifted")) == pytest.approx(max(best, made.f1((0.0,) * 3)))


@settings(deadline=None)
@given(cells())
def test_the_grid_is_the_papers(made: Cells) -> None:
    grid = [math.log(p / (1 - p)) for p in np.arange(1, 10) / 10]
    chosen = made.tuned("global")
    assert min(abs(chosen[0] - each) for each in grid) < 1e-12
    assert made.f1(chosen) == pytest.approx(max(made.f1((each,) * 3) for each in grid))


@settings(max_examples=40, deadline=None)
@given(cells())
def test_no_choice_of_thresholds_is_better_than_per_class(made: Cells) -> None:
    best = max(made.f1(values) for values in itertools.product([0.0, *CUTS], repeat=3))
    assert made.f1(made.tuned("per_class")) == pytest.approx(best)


def test_cycles_go_on_until_no_relation_gains() -> None:
    chance = np.random.default_rng(7)
    margins, columns = chance.normal(0, 3, 3000), chance.integers(0, 3, 3000)
    made = Cells(margins, columns, margins + chance.normal(0, 3, 3000) > 2.5 * columns, 40)
    tuned = made.tuned("per_class")
    f1 = made.f1(tuned)
    assert f1 > made.f1(made.tuned("shifted")) > made.f1((0.0,) * 3)
    for column, cut in itertools.product(range(3), np.linspace(-9, 9, 300)):
        moved = tuple(float(cut) if n == column else v for n, v in enumerate(tuned))
        assert made.f1(moved) <= f1


def test_the_threshold_lies_between_the_margins_that_it_parts() -> None:
    margins = np.array([3.0, 2.0, -1.0, -2.0])
    holds = np.array([True, True, True, False])
    made = Cells(margins, np.zeros(4, dtype=np.int64), holds, 0)
    assert made.tuned("shifted") == (-1.5,) * 3


@pytest.mark.parametrize("low", [1.0, math.nextafter(1.0, 2)])  # their mean rounds down, and up
def test_margins_without_a_number_between_them_are_still_parted(low: float) -> None:
    high = math.nextafter(low, 2)
    made = Cells(np.array([low, high]), np.zeros(2, np.int64), np.array([False, True]), 0)
    assert made.f1(made.tuned("shifted")) == 1.0


def test_gold_outside_of_the_cells_makes_the_threshold_lower() -> None:
    margins = np.array([3.0, 1.0, 1.0, 1.0, 1.0])
    holds = np.array([True, True, False, False, False])
    made = Cells(margins, np.zeros(5, np.int64), holds, 0)
    assert made.tuned("shifted")[0] == 2.0
    assert made._replace(outside=20).tuned("shifted")[0] == 0.0


def test_adaptive_thresholding_is_margin_above_zero() -> None:
    made = Cells(np.array([0.0, 1e-9, -1.0]), np.arange(3), np.array([True, False, True]), 0)
    tuned = made.tuned("adaptive")
    assert tuned == (0.0,) * 3
    assert (made.margins > np.asarray(tuned)[made.columns]).tolist() == [False, True, False]


def test_a_relation_that_no_change_improves_keeps_the_best_shift() -> None:
    margins = np.array([3.0, 2.0, -1.0, -2.0])
    made = Cells(margins, np.zeros(4, np.int64), np.array([True, True, True, False]), 0)
    assert made.tuned("per_class") == (-1.5, -1.5, -1.5)


@pytest.mark.parametrize("thresholding", ["adaptive", "shifted", "global", "per_class"])
def test_nothing_to_tune_on_changes_nothing(thresholding: Thresholding) -> None:
    none = Cells(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.bool_), 3)
    assert none.tuned(thresholding) == (0.0,) * 3
