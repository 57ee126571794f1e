"""Second values of relations that have one."""

from __future__ import annotations

import pytest

from extractor.checks.facts import Finding
from extractor.checks.values import second_values
from extractor.schema import Entity, Statement
from tests.unit.extractor.checks.known import (
    ADA,
    ENGLAND,
    LONDON,
    LOS_ANGELES,
    PORTUGAL,
    entity,
    statement,
)


def dated(name: str) -> Entity:
    return entity(f"nil:{name}", name, "TIME", linked=False)


def seconds(
    relation: str, *tails: tuple[Entity, float], known: dict[int, Finding] | None = None
) -> dict[int, str]:
    """Return the statements that are second values, by index; the numbers are margins."""
    entities = {each.id: each for each in (entity(ADA), *(tail for tail, _ in tails))}
    statements = [statement(ADA, relation, tail.id, margin=margin) for tail, margin in tails]
    found = second_values(statements, entities, known or {})
    assert all(each.kind == "second value" for each in found.values())
    return {n: each.fact for n, each in found.items()}


def test_of_three_dates_of_death_all_but_the_most_probable_are_flagged() -> None:
    found = seconds("P570", (dated("1850"), 1.0), (dated("1852"), 3.0), (dated("May 1851"), 2.0))
    assert found == {0: "P570 nil:1852", 2: "P570 nil:1852"}


@pytest.mark.parametrize(
    ("one", "other", "flagged"),
    [
        ("1815", "10 December 1815", False),
        ("December 1815", "10 December 1815", False),
        ("10 December 1815", "December 10, 1815", False),
        ("10 December 1815", "11 December 1815", True),
        ("1815", "1816", True),
        ("1815", "circa 1816", False),
        ("1815", "the 1820s", False),
        ("1815", "10 December", False),
        ("1815", "the following year", False),
    ],
)
def test_a_date_may_be_more_exact_than_another(one: str, other: str, flagged: bool) -> None:
    assert bool(seconds("P569", (dated(one), 2.0), (dated(other), 1.0))) == flagged


@pytest.mark.parametrize(
    ("one", "other", "flagged"),
    [(LONDON, ENGLAND, False), (LONDON, LOS_ANGELES, True), (LONDON, "wikidata:Q1", False)],
)
def test_places_exclude_each_other_where_their_countries_do(
    one: str, other: str, flagged: bool
) -> None:
    assert bool(seconds("P19", (entity(one), 2.0), (entity(other), 1.0))) == flagged


def test_what_facts_support_is_the_most_probable() -> None:
    known = {1: Finding("supported", f"P19 {LONDON}")}
    found = seconds("P19", (entity(PORTUGAL), 9.0), (entity(LONDON), 1.0), known=known)
    assert found == {0: f"P19 {LONDON}"}


def test_of_equal_ones_the_smaller_id_stays() -> None:
    assert seconds("P570", (dated("1852"), 1.0), (dated("1850"), 1.0)) == {0: "P570 nil:1850"}


def test_other_relations_have_many_values() -> None:
    statements: list[Statement] = [statement(ADA, "P27", each) for each in (LONDON, PORTUGAL)]
    entities = {each: entity(each) for each in (ADA, LONDON, PORTUGAL)}
    assert second_values(statements, entities, {}) == {}
