"""Two ways of one computation, timed so that a busy machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

import torch
from torch.profiler import ProfilerActivity, profile

Run = Callable[[], object]
Key = TypeVar("Key")
ROWS = 12
"""Operations that a profile shows."""


def seconds(run: Run) -> float:
    """Return how long a run takes, work on a GPU included."""
    _wait()
    started = time.perf_counter()
    run()
    _wait()
    return time.perf_counter() - started


def interleaved(runs: Mapping[str, Run], *, repeats: int) -> dict[str, list[float]]:
    """Time each run `repeats` times, in turns: A B A B, never A A B B."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            taken[name].append(seconds(run))
    return taken


def median_ratio(slow: Sequence[float], fast: Sequence[float]) -> float:
    """Return the median of slow / fast over the turns."""
    return median(one / other for one, other in zip(slow, fast, strict=True))


def fastest(runs: Mapping[Key, Run]) -> Key:
    """Return which run takes least time, of those that fit into a GPU's memory.

    The first runs once before, to warm up.
    """
    next(iter(runs.values()))()
    taken: dict[Key, float] = {}
    for key, run in runs.items():
        try:
            taken[key] = seconds(run)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
    return min(taken, key=lambda key: taken[key])


def profile_table(run: Run) -> str:
    """Return the operations that take most time of their own, as a table."""
    gpu = torch.cuda.is_available()
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if gpu else [])]
    with profile(activities=activities) as recorded:
        run()
    order = "self_cuda_time_total" if gpu else "self_cpu_time_total"
    table: str = recorded.key_averages().table(
        sort_by=order, row_limit=ROWS, max_name_column_width=40
    )
    return table


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
