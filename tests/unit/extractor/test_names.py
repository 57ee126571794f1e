"""Folding of names; what it means is tested with those who use it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.names import comparable_name, fold_name, fullest_first, without_article


def test_texts_that_are_folded_do_not_stay_in_memory() -> None:
    tracemalloc.start()
    for n in range(20):
        assert fold_name(f"{n} " + "Été " * 5_000).startswith(f"{n} ete")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["the United States", "United States", "U.S."], "United States"),
        (["The United States", "United States"], "United States"),
        (["The Hague"], "The Hague"),
        (["the Beatles", "The Beatles"], "Beatles"),
        (["A Tribe Called Quest", "Tribe"], "A Tribe Called Quest"),
        (["Smith", "Ada Smith", "Bob Smith"], "Ada Smith"),
    ],
)
def test_an_entity_is_called_by_its_fullest_name_without_an_article(
    names: list[str], best: str
) -> None:
    assert fullest_first(map(without_article, names))[0] == best


@given(st.lists(st.text("the anABC", min_size=1).filter(str.strip), max_size=6))
def test_the_order_of_names_depends_on_nothing_else(names: list[str]) -> None:
    assert fullest_first(names) == fullest_first(reversed(names))
    assert set(fullest_first(names)) == set(names)


@given(st.text("the anABC", min_size=1).map(str.split).map(" ".join).filter(bool))
def test_without_its_article_a_name_is_compared_as_before(name: str) -> None:
    assert comparable_name(without_article(name)) in (
        comparable_name(name),
        comparable_name(comparable_name(name)),  # 'the a B' has two
    )
