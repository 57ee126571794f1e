"""What reads ahead stops when a run ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.processing import closed


def test_a_generator_is_closed_where_its_consumer_fails() -> None:
    ended = []

    def pages() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            ended.append(True)

    def consume() -> None:
        with closed(pages()) as found:
            for _ in found:
                raise RuntimeError("no")

    with pytest.raises(RuntimeError) as error:
        consume()
    assert ended == [True], error  # although the error still holds the frames
