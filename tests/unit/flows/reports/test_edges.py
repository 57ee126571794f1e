"""Which edges come first."""

from __future__ import annotations

from flows.reports.edges import doubt, first, strength
from tests.unit.flows.reports.samples import edge

SURE = edge(head="a", margin=5.0, probability=0.99)
FAIR = edge(head="b", margin=2.0, probability=0.8)
WEAK = edge(head="c", margin=0.1, probability=0.8)


def test_the_strongest_have_the_highest_margins() -> None:
    assert first([WEAK, SURE, FAIR], strength, 2) == [SURE, FAIR]


def test_the_most_doubtful_have_the_lowest_probability_then_the_lowest_margin() -> None:
    assert first([SURE, FAIR, WEAK], doubt, 2) == [WEAK, FAIR]


def test_what_is_said_twice_counts_as_strong_as_it_is_said() -> None:
    again = edge(head="c", margin=4.0, probability=0.95)
    assert first([WEAK, again, SURE], doubt, 5) == [again, SURE]
    assert first([again, WEAK], strength, 5) == [again]
