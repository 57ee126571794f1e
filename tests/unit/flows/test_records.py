"""Figures of extractions that add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.records import Counts
from tests.unit.graph.extractions import extraction

BIRTH = ("wikidata:Q1", "P19", "wikidata:Q2")


def test_entities_are_linked_or_nil() -> None:
    found = Counts.of_extractions(
        [extraction(1), extraction(2, entities=("wikidata:Q1", "nil:1848", "nil:eve"), triples=())]
    )
    assert (found.entities_linked, found.entities_nil) == (3, 2)


@pytest.mark.parametrize(
    ("margin", "number"), [(0.0001, 0), (0.9999, 0), (1.0, 1), (9.5, 9), (10.0, 10), (99.0, 10)]
)
def test_a_margin_falls_into_its_bin(margin: float, number: int) -> None:
    found = Counts.of_extractions([extraction(triples=[BIRTH], margin=margin)])
    assert found.margins == {number: 1}
    assert found.margin_sum == margin


def test_parts_add_up_to_the_whole() -> None:
    parts = [extraction(number, margin=number / 2) for number in range(1, 8)]
    together = Counts.of_extractions(parts[:3]) + Counts.of_extractions(parts[3:])
    whole = Counts.of_extractions(parts)
    assert replace(together, margin_sum=0.0) == replace(whole, margin_sum=0.0)
    assert together.margin_sum == pytest.approx(whole.margin_sum)
    assert sum(whole.margins.values()) == sum(len(each.statements) for each in parts)


def test_rejected_statements_add_up_by_reason() -> None:
    one = replace(extraction(1), rejected={"head type": 2})
    other = replace(extraction(2), rejected={"head type": 1, "tail type": 4})
    assert Counts.of_extractions([one, other]).rejected == {"head type": 3, "tail type": 4}
    assert Counts.of_extractions([one]) + Counts.of_extractions([other]) == Counts.of_extractions(
        [one, other]
    )


def test_nothing_holds_nothing() -> None:
    assert Counts.of_extractions([]) == Counts()
