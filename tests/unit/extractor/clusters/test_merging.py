from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.clusters.merging import contract

Scores = dict[tuple[int, int], float]


def test_what_speaks_for_a_pair_joins_it_and_the_rest_stays_apart() -> None:
    assert contract(4, {(0, 2): 1.0, (1, 3): -1.0}) == [0, 1, 0, 3]
    assert contract(0, {}) == []
    assert contract(2, {(0, 1): 0.0}) == [0, 1]


def test_a_short_form_goes_to_the_surer_of_two_that_exclude_each_other() -> None:
    scores = {(0, 1): -5.0, (0, 2): 1.0, (1, 2): 2.0}
    assert contract(3, scores) == [0, 1, 1]


def test_weak_doubts_are_outvoted() -> None:
    assert contract(3, {(0, 1): 2.0, (1, 2): 2.0, (0, 2): -1.0}) == [0, 0, 0]
    assert contract(3, {(0, 1): 3.0, (1, 2): 2.0, (0, 2): -2.5}) == [0, 0, 2]


def test_scores_that_fall_to_0_or_below_on_the_way_join_nothing() -> None:
    """The pair (1, 2) was above 0 when it was queued."""
    assert contract(3, {(0, 1): 3.0, (1, 2): 2.0, (0, 2): -2.0}) == [0, 0, 2]


@st.composite
def scored(draw: st.DrawFn) -> tuple[int, Scores]:
    size = draw(st.integers(0, 7))
    pairs = list(combinations(range(size), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return size, {pair: draw(st.sampled_from([-3.0, -1.0, 0.5, 1.0, 2.0])) for pair in chosen}


@given(scored())
def test_no_two_clusters_would_be_better_as_one(case: tuple[int, Scores]) -> None:
    size, scores = case
    owners = contract(size, scores)
    members = {owner: [n for n in range(size) if owners[n] == owner] for owner in owners}
    assert all(owner == min(found) for owner, found in members.items())
    for one, other in combinations(members.values(), 2):
        between = sum(scores.get((min(a, b), max(a, b)), 0.0) for a in one for b in other)
        assert between == pytest.approx(min(between, 0.0))
    assert owners == contract(size, dict(reversed(scores.items())))
