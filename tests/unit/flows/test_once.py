"""A part is built once, whoever asks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.once import Once


def test_many_threads_get_the_same_part() -> None:
    def build() -> object:
        time.sleep(0.01)
        return object()

    part = Once(build)
    assert not part.built
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda _: part(), range(32)))
    assert len(set(map(id, parts))) == 1
    assert part.built


def test_a_build_that_failed_is_tried_again() -> None:
    outcomes = iter([ValueError("not yet"), None])

    def build() -> str:
        if error := next(outcomes):
            raise error
        return "part"

    part = Once(build)
    with pytest.raises(ValueError, match="not yet"):
        part()
    assert part() == "part"
