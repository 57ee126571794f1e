"""Which edges come first."""

from __future__ import annotations

from flows.reports.edges import as_written, doubt, first, statement_edges, strength
from graph.model.records import Champion
from tests.unit.flows.reports.samples import edge, evidence
from tests.unit.graph.extractions import RELATIONS, extraction

SURE = edge(head="a", margin=5.0, probability=0.99)
FAIR = edge(head="b", margin=2.0, probability=0.8)
WEAK = edge(head="c", margin=0.1, probability=0.8)


def test_the_strongest_are_the_most_probable_then_those_with_the_highest_margins() -> None:
    assert first([WEAK, SURE, FAIR], strength, 2) == [SURE, FAIR]


def test_the_doubt_of_a_link_counts_before_the_margin() -> None:
    doubted = edge(head="d", margin=6.0, probability=0.6)
    assert first([doubted, SURE, FAIR], strength, 2) == [SURE, FAIR]


def test_a_statement_alone_is_an_edge_that_counts_its_links() -> None:
    made = extraction(probability=0.9, confidence=0.6)
    [low] = statement_edges([made], Champion("c@1", RELATIONS))
    assert low.probability == 0.9 * (0.6 * 0.6)
    assert (low.status, low.evidence[0].link_confidence) == ("possible", 0.6 * 0.6)
    [shown] = statement_edges([made], Champion("c@1", RELATIONS, assert_above=0.3))
    assert shown.status == "asserted"


def test_names_are_told_where_the_entity_has_others() -> None:
    said = evidence(head_names=("ada lovelace",), tail_names=("L.", "Londres"))
    assert as_written(edge(), said) == "'Londres'"
    assert as_written(edge(), evidence()) == ""


def test_the_most_doubtful_have_the_lowest_probability_then_the_lowest_margin() -> None:
    assert first([SURE, FAIR, WEAK], doubt, 2) == [WEAK, FAIR]


def test_what_is_said_twice_counts_as_strong_as_it_is_said() -> None:
    again = edge(head="c", margin=4.0, probability=0.95)
    assert first([WEAK, again, SURE], doubt, 5) == [again, SURE]
    assert first([again, WEAK], strength, 5) == [again]
