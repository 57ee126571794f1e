"""Asking for less where the server cannot give all in one answer, down to one item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from corpus.errors import AnswerTooLarge

ATTEMPTS_ALONE = 4
"""Of one document that is too large: some seconds, as it may be that others fill the memory."""
PAGES_BEFORE_GROWTH = 8
"""Pages that must pass before twice as much is asked for."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_halves(
    items: Sequence[Item], ask: Callable[[Sequence[Item]], Answer]
) -> Iterator[tuple[Sequence[Item], Answer]]:
    """Yield the answer for all items; where it is too large, those for the halves, and so on.

    Raises:
        AnswerTooLarge: That for a single item is too large.
    """
    try:
        answer = ask(items)
    except AnswerTooLarge:
        middle = len(items) // 2
        if not middle:
            raise
        for half in (items[:middle], items[middle:]):
            yield from in_halves(half, ask)
    else:
        yield items, answer


class PageSize:
    """How many hits are asked for: half as many after a page that was too large.

    It grows again after some pages: a few large documents must not slow the rest of a reading.
    """

    def __init__(self, most: int) -> None:
        self.now = self._most = most
        self._passed = 0

    def shrink(self) -> None:
        """Ask for half as many."""
        self.now = max(1, self.now // 2)
        self._passed = 0

    def passed(self) -> None:
        """Take notice of a page that was not too large."""
        self._passed += 1
        if self._passed >= PAGES_BEFORE_GROWTH:
            self.now = min(2 * self.now, self._most)
            self._passed = 0
