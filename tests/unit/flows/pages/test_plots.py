"""Figures say what the numbers say; how they look is for a person to judge."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.pages.plots import (
    DocumentCounts,
    Point,
    bin_by_entities,
    f1_by_entities,
    learning_curve,
    reliability,
    risk_coverage_curve,
    wilson,
)

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    epoch: int
    loss: float
    dev_f1: float


EPOCHS = [
    Epoch(epoch=1, loss=3.0, dev_f1=0.2),
    Epoch(epoch=2, loss=2.0, dev_f1=0.5),
    Epoch(epoch=3, loss=1.0, dev_f1=0.5),
]
POINTS = [
    Point(low=0, high=10, f1=0.5, documents=1200),
    Point(low=11, high=15, f1=0.25, documents=1),
    Point(low=16, high=None, f1=0.0, documents=3),
]
BINS = [(0.9, 1.0, 50), (0.1, 0.0, 1000), (0.5, 0.5, 0)]
CURVE = [(0.1, 0.0), (0.5, 0.1), (1.0, 0.375)]
DRAWN: dict[str, Callable[[Path], Path]] = {
    "learning curve": lambda path: learning_curve(EPOCHS, path),
    "one epoch without F1": lambda path: learning_curve(
        [Epoch(epoch=1, loss=0.0, dev_f1=0.0)], path
    ),
    "entities": lambda path: f1_by_entities({"with": POINTS, "without": POINTS}, path),
    "one bin": lambda path: f1_by_entities({"with": POINTS[:1]}, path),
    "reliability": lambda path: reliability(BINS, 0.02, path),
    "one cell": lambda path: reliability([(1.0, 1.0, 1)], 0.0, path),
    "risk": lambda path: risk_coverage_curve(CURVE, path),
    "no risk": lambda path: risk_coverage_curve([(1.0, 0.0)], path),
}


def texts(path: Path) -> list[str]:
    """Return the texts of an SVG."""
    return re.findall(r"<text [^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))


def document(entities: int, right: int = 1, predicted: int = 2, gold: int = 2) -> DocumentCounts:
    return DocumentCounts(entities=entities, right=right, predicted=predicted, gold=gold)


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_every_figure_is_a_picture_of_some_size(
    draw: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = tmp_path / "new folder" / "figure.png"
    assert draw(path) == path
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", header[16:])
    assert width > 800
    assert height > 600


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_the_same_numbers_give_the_same_file(draw: Callable[[Path], Path], tmp_path: Path) -> None:
    one, other = draw(tmp_path / "one.svg"), draw(tmp_path / "other.svg")
    assert one.read_bytes() == other.read_bytes()


def test_drawing_leaves_the_settings_of_matplotlib_alone(tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    learning_curve(EPOCHS, tmp_path / "figure.svg")
    assert dict(matplotlib.rcParams) == before


def test_the_best_epoch_is_the_first_with_the_highest_dev_f1(tmp_path: Path) -> None:
    shown = texts(learning_curve(EPOCHS, tmp_path / "figure.svg"))
    assert "Best epoch: 2 (star), dev F1 50.00 %" in shown
    assert {"epoch", "training loss (dashed)", "dev F1 (%, solid)"} <= set(shown)


def test_entities_are_drawn_by_bin_with_every_system_named(tmp_path: Path) -> None:
    series = {"with $localized$ context": POINTS, "without": POINTS}
    shown = texts(f1_by_entities(series, tmp_path / "figure.svg"))
    expected = {"up to 10", "(1,200)", "11 to 15", "16 or more", "F1 (%)", *series}
    assert expected <= set(shown)


def test_reliability_states_the_error_and_counts_only_filled_bins(tmp_path: Path) -> None:
    shown = texts(reliability(BINS, 0.0213, tmp_path / "figure.svg"))
    assert "Reliability: ECE 0.0213 over 1,050 cells" in shown


def test_risk_is_stated_at_full_coverage(tmp_path: Path) -> None:
    shown = texts(risk_coverage_curve(CURVE, tmp_path / "figure.svg"))
    assert "Risk and coverage: risk 37.5 % at coverage 100 %" in shown


@pytest.mark.parametrize(
    "draw",
    [
        lambda path: learning_curve([], path),
        lambda path: f1_by_entities({}, path),
        lambda path: f1_by_entities({"with": []}, path),
        lambda path: f1_by_entities({str(n): POINTS for n in range(5)}, path),
        lambda path: reliability([(0.5, 0.5, 0)], 0.0, path),
        lambda path: risk_coverage_curve([], path),
    ],
)
def test_nothing_to_draw_is_an_error_not_an_empty_figure(
    draw: Callable[[Path], Path], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="needs"):
        draw(tmp_path / "figure.png")
    assert not (tmp_path / "figure.png").exists()


def test_systems_on_different_documents_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not measured on the same documents"):
        f1_by_entities({"with": POINTS, "without": POINTS[:2]}, tmp_path / "figure.png")


def test_bins_are_the_papers() -> None:
    points = bin_by_entities([document(entities) for entities in (1, 10, 11, 16, 25, 26, 99)])
    assert [(point.low, point.high, point.documents) for point in points] == [
        (0, 10, 2),
        (11, 15, 1),
        (16, 20, 1),
        (21, 25, 1),
        (26, None, 2),
    ]


def test_f1_of_a_bin_is_micro() -> None:
    few, many = document(5, right=1, predicted=1, gold=1), document(5, right=0, predicted=3, gold=5)
    silent = document(50, right=0, predicted=0, gold=0)
    assert [point.f1 for point in bin_by_entities([few, many, silent])] == [0.2, 0.0]


def test_bounds_must_ascend() -> None:
    with pytest.raises(ValueError, match="must ascend"):
        bin_by_entities([], highs=(15, 10))


@given(
    st.lists(st.integers(0, 60), max_size=30),
    st.lists(st.integers(1, 50), unique=True, max_size=5).map(sorted),
)
def test_every_document_is_in_one_bin(sizes: list[int], highs: list[int]) -> None:
    points = bin_by_entities([document(size) for size in sizes], highs=highs)
    for point in points:
        last = max(sizes) if point.high is None else point.high
        assert point.documents == sum(point.low <= size <= last for size in sizes)
    assert sum(point.documents for point in points) == len(sizes)


def test_the_interval_is_wilsons() -> None:
    assert wilson(0.5, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    low, high = wilson(0.0, 10)
    assert low == pytest.approx(0.0, abs=1e-12)
    assert high == pytest.approx(0.2775, abs=1e-4)
