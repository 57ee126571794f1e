from __future__ import annotations

import pytest
import torch

from benchmarks.parts import timing
from benchmarks.parts.timing import fastest, interleaved, median_ratio


def test_the_sides_take_turns() -> None:
    ran: list[str] = []
    taken = interleaved({"a": lambda: ran.append("a"), "b": lambda: ran.append("b")}, repeats=3)
    assert "".join(ran) == "ababab"
    assert {name: len(each) for name, each in taken.items()} == {"a": 3, "b": 3}


def test_a_ratio_is_taken_within_a_turn() -> None:
    assert median_ratio([4.0, 40.0, 9.0], [2.0, 10.0, 3.0]) == 3.0


def test_the_fastest_is_found_among_those_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    took = {"slow": 2.0, "quick": 1.0}
    ran: list[str] = []

    def too_large() -> None:
        raise torch.OutOfMemoryError

    def seconds(run: timing.Run) -> float:
        run()
        return took[ran[-1]]

    monkeypatch.setattr(timing, "seconds", seconds)
    runs: dict[str, timing.Run] = {
        "slow": lambda: ran.append("slow"),
        "large": too_large,
        "quick": lambda: ran.append("quick"),
    }
    assert fastest(runs) == "quick"
