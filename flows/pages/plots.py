"""Results -> figures: how training went, and where the model can be trusted.

The figures are drawn without pyplot: no window, no backend to choose, and the same numbers give the
same file. The suffix of the path decides the format (.png, .svg).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

FIGURE_4_BINS = (10, 15, 20, 25)
"""Upper bounds of the paper's bins by number of entities; the last bin is open."""

# Okabe and Ito's colours, told apart by colour-blind readers; lines differ in shape as well.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY, PALE = "#5F6368", "#E4ECF3"
LINES = ((BLUE, "o", "-"), (VERMILION, "s", "--"), (GREEN, "^", "-."), (PURPLE, "D", ":"))
STYLE: dict[Any, Any] = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#E6E8EB",
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 6.0,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "svg.hashsalt": "factloom",
}


class EpochResult(Protocol):
    """What a training says of one pass over its documents."""

    @property
    def epoch(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def dev_f1(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCounts:
    """One document's triples, counted."""

    entities: int
    right: int
    predicted: int
    gold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Micro F1 over the documents with `low` to `high` entities."""

    low: int
    high: int | None
    """The last number of the bin; None where it is open."""
    f1: float
    """As a fraction of 1."""
    documents: int


def bin_by_entities(
    counts: Iterable[DocumentCounts], highs: Sequence[int] = FIGURE_4_BINS
) -> list[Point]:
    """Return micro F1 by number of entities (the paper's Figure 4), without bins that are empty.

    Args:
        counts: one a document.
        highs: the last number of entities of each bin but the open one, ascending.

    Raises:
        ValueError: the bounds do not ascend.
    """
    if list(highs) != sorted(set(highs)):
        raise ValueError(f"the bounds of the bins must ascend, got {list(highs)}")
    every = list(counts)
    points = []
    lows = (0, *(high + 1 for high in highs))
    for low, high in zip(lows, (*highs, None), strict=True):
        inside = [
            each
            for each in every
            if low <= each.entities and (high is None or each.entities <= high)
        ]
        if inside:
            right = sum(each.right for each in inside)
            total = sum(each.predicted + each.gold for each in inside)
            f1 = 2 * right / total if total else 0.0
            points.append(Point(low=low, high=high, f1=f1, documents=len(inside)))
    return points


@matplotlib.rc_context(STYLE)
def learning_curve(epochs: Sequence[EpochResult], path: Path) -> Path:
    """Draw training loss and dev F1 (a fraction of 1) by epoch, the best epoch marked.

    Raises:
        ValueError: there is no epoch.
    """
    if not epochs:
        raise ValueError("a learning curve needs at least one epoch")
    numbers = [each.epoch for each in epochs]
    best = max(epochs, key=lambda each: (each.dev_f1, -each.epoch))
    figure, left = _canvas(7.2, 4.4)
    right = left.twinx()
    right.grid(False)
    right.spines["left"].set_visible(False)
    losses, f1s = [each.loss for each in epochs], [100 * each.dev_f1 for each in epochs]
    left.plot(numbers, losses, color=VERMILION, marker="s", linestyle="--")
    right.plot(numbers, f1s, color=BLUE, marker="o")
    left.set_ylim(bottom=0)
    right.axvline(best.epoch, color=GREY, linewidth=1, linestyle=":")
    right.plot(
        best.epoch,
        100 * best.dev_f1,
        marker="*",
        markersize=16,
        color=BLUE,
        mec="white",
        clip_on=False,
    )
    low, high = right.get_ylim()
    right.set_ylim(max(0.0, low), max(1.0, high))
    _name_axis(left, "training loss (dashed)", VERMILION)
    _name_axis(right, "dev F1 (%, solid)", BLUE)
    left.set(xlabel="epoch", xlim=(min(numbers) - 0.5, max(numbers) + 0.5))
    left.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    left.set_title(f"Best epoch: {best.epoch} (star), dev F1 {100 * best.dev_f1:.2f} %")
    return _save(figure, path)


@matplotlib.rc_context(STYLE)
def f1_by_entities(series: Mapping[str, Sequence[Point]], path: Path) -> Path:
    """Draw F1 by number of entities, one line a system, as in the paper's Figure 4.

    Args:
        series: the points of each system, by its name; at most four.
        path: where the figure goes.

    Raises:
        ValueError: there are no points, too many systems, or the systems saw different documents.
    """
    sizes = {
        name: [(point.low, point.high, point.documents) for point in points]
        for name, points in series.items()
    }
    bins = next(iter(sizes.values()), [])
    if not bins or len(series) > len(LINES):
        raise ValueError(f"F1 by entities needs 1 to {len(LINES)} systems with points")
    if any(size != bins for size in sizes.values()):
        raise ValueError(f"the systems were not measured on the same documents: {sizes}")
    figure, axes = _canvas(7.2, 4.4)
    for (name, points), (colour, marker, line) in zip(series.items(), LINES, strict=False):
        f1 = [100 * point.f1 for point in points]
        axes.plot(f1, color=colour, marker=marker, linestyle=line, label=name)
    axes.set_xticks(range(len(bins)), [_bin_label(*each) for each in bins])
    axes.margins(x=0.06, y=0.12)
    axes.set_xlabel("entities in the document (number of documents)")
    axes.set_ylabel("F1 (%)")
    axes.set_title("F1 by number of entities", pad=34)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(LINES), borderaxespad=0.3)
    axes.spines["right"].set_visible(False)
    return _save(figure, path)


@matplotlib.rc_context(STYLE)
def reliability(bins: Sequence[tuple[float, float, int]], ece: float, path: Path) -> Path:
    """Draw how often relations hold against how probable the model calls them.

    Args:
        bins: (mean probability, share that holds, number of cells) of each bin; empty bins are
            left out.
        ece: expected calibration error, a fraction of 1.
        path: where the figure goes.

    Raises:
        ValueError: no bin has a cell.
    """
    filled = sorted(each for each in bins if each[2] > 0)
    if not filled:
        raise ValueError("a reliability diagram needs at least one bin with cells")
    means, shares, counts = ([each[column] for each in filled] for column in range(3))
    spans = [wilson(share, int(count)) for _, share, count in filled]
    below = [max(share - low, 0.0) for share, (low, _) in zip(shares, spans, strict=True)]
    above = [max(high - share, 0.0) for share, (_, high) in zip(shares, spans, strict=True)]
    figure = Figure(figsize=(5.6, 7.0), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    top.plot((0, 1), (0, 1), color=GREY, linestyle="--", linewidth=1.2, label="perfect")
    top.errorbar(
        means,
        shares,
        yerr=(below, above),
        color=BLUE,
        marker="o",
        ecolor="#7FB8D8",
        elinewidth=1.5,
        label="model, with 95 % interval",
    )
    top.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), ylabel="share that holds")
    top.set_title(f"Reliability: ECE {ece:.4f} over {int(sum(counts)):,} cells")
    top.legend(loc="upper left")
    bottom.bar(means, counts, width=_bar_widths(means), color=BLUE)
    bottom.set(xlabel="probability (mean of the bin)", ylabel="cells")
    bottom.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    for axes in (top, bottom):
        axes.spines["right"].set_visible(False)
    return _save(figure, path)


@matplotlib.rc_context(STYLE)
def risk_coverage_curve(curve: Sequence[tuple[float, float]], path: Path) -> Path:
    """Draw the share of wrong statements against the share that is kept, surest first.

    Args:
        curve: (coverage, risk), fractions of 1, by ascending coverage.
        path: where the figure goes.

    Raises:
        ValueError: there is no point.
    """
    if not curve:
        raise ValueError("a risk-coverage curve needs at least one point")
    coverage, risk = ([100 * each[column] for each in curve] for column in range(2))
    figure, axes = _canvas(7.2, 4.4)
    axes.spines["right"].set_visible(False)
    axes.fill_between(coverage, risk, color=PALE, linewidth=0)
    axes.plot(coverage, risk, color=BLUE)
    axes.plot(coverage[-1], risk[-1], color=BLUE, marker="o", clip_on=False)
    axes.set(xlim=(0, 100), ylim=(0, max(1.0, 1.15 * max(risk))))
    axes.set_xlabel("coverage (% of statements kept, surest first)")
    axes.set_ylabel("risk (% of the kept that are wrong)")
    axes.set_title(f"Risk and coverage: risk {risk[-1]:.1f} % at coverage {coverage[-1]:.0f} %")
    return _save(figure, path)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share that was counted over `count` cells (Wilson, 1927)."""
    z = 1.96
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return (middle - spread) / scale, (middle + spread) / scale


def _bin_label(low: int, high: int | None, documents: int) -> str:
    closed = f"{low} to {high}" if low else f"up to {high}"
    name = f"{low} or more" if high is None else closed
    return f"{name}\n({documents:,})"


def _bar_widths(places: Sequence[float]) -> list[float]:
    """Return widths at which no bar covers the next, as long as it can be seen."""
    gaps = [math.inf, *(after - before for before, after in pairwise(places)), math.inf]
    nearest = [min(around) for around in pairwise(gaps)]
    return [min(0.03, max(0.004, 0.8 * gap)) for gap in nearest]


def _name_axis(axes: Axes, name: str, colour: str) -> None:
    axes.set_ylabel(name, color=colour)
    axes.tick_params(axis="y", colors=colour)


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure of some inches with one pair of axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if path.suffix == ".svg" else {}
    figure.savefig(path, dpi=160, metadata=metadata)
    return path
