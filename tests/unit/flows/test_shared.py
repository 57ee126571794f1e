"""A part of the process is built once, whoever asks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.shared import shared_property


def test_many_threads_get_the_same_part() -> None:
    class Parts:
        @shared_property
        def part(self) -> object:
            time.sleep(0.01)
            return object()

    parts = Parts()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: parts.part, range(32)))
    assert len(set(map(id, found))) == 1


def test_a_build_that_failed_is_tried_again() -> None:
    outcomes: Iterator[Exception | None] = iter([ValueError("not yet"), None])

    class Parts:
        @shared_property
        def part(self) -> str:
            if error := next(outcomes):
                raise error
            return "part"

    parts = Parts()
    with pytest.raises(ValueError, match="not yet"):
        _ = parts.part
    assert parts.part == "part"
