from __future__ import annotations

from collections.abc import Sequence

import pytest

from corpus.elasticsearch.halving import PAGES_BEFORE_GROWTH, PageSize, in_halves
from corpus.errors import AnswerTooLarge


def test_what_is_too_large_is_asked_for_in_halves_and_in_order() -> None:
    asked: list[int] = []

    def ask(some: Sequence[int]) -> int:
        asked.append(len(some))
        if sum(some) > 5:
            raise AnswerTooLarge("too large")
        return sum(some)

    answers = list(in_halves([1, 1, 1, 5, 1, 1], ask))

    assert answers == [([1, 1, 1], 3), ([5], 5), ([1, 1], 2)]
    assert asked == [6, 3, 3, 1, 2]
    with pytest.raises(AnswerTooLarge):
        list(in_halves([1, 6], ask))


def test_a_page_shrinks_to_one_and_grows_again_after_some_that_pass() -> None:
    page = PageSize(5)
    for size in (2, 1, 1):
        page.shrink()
        assert page.now == size

    sizes = []
    for _ in range(3 * PAGES_BEFORE_GROWTH):
        page.passed()
        sizes.append(page.now)

    grown = [1] * (PAGES_BEFORE_GROWTH - 1)
    assert sizes == [*grown, *[2] * PAGES_BEFORE_GROWTH, *[4] * PAGES_BEFORE_GROWTH, 5]
