"""What facts of the entity index say of a statement."""

from __future__ import annotations

import pytest

from extractor.checks.facts import countries_of, finding
from tests.unit.extractor.checks.known import (
    ADA,
    CALIFORNIA,
    ENGLAND,
    EUROPE,
    LONDON,
    LOS_ANGELES,
    PORTUGAL,
    UK,
    USA,
    entity,
)


@pytest.mark.parametrize(
    ("head", "relation", "tail", "expected"),
    [
        (LOS_ANGELES, "P17", USA, f"supported: P17 {USA}"),
        (LOS_ANGELES, "P17", PORTUGAL, f"contradicted: P17 {USA}"),
        (LONDON, "P17", ENGLAND, ""),  # no country of the index, but in the right one
        (LONDON, "P17", CALIFORNIA, f"contradicted: P17 {UK}"),
        (LOS_ANGELES, "P131", CALIFORNIA, f"supported: P131 {CALIFORNIA}"),
        (LOS_ANGELES, "P131", USA, f"supported: P17 {USA}"),
        (LOS_ANGELES, "P131", ENGLAND, f"contradicted: P17 {USA}"),
        (LOS_ANGELES, "P131", PORTUGAL, f"contradicted: P17 {USA}"),
        (CALIFORNIA, "P131", LOS_ANGELES, f"contradicted: P150 {LOS_ANGELES}"),
        (UK, "P131", LONDON, f"contradicted: P150 {LONDON}"),
        (LONDON, "P131", UK, f"supported: P17 {UK}"),
        (LONDON, "P131", LOS_ANGELES, f"contradicted: P17 {UK}"),
        (UK, "P150", ENGLAND, f"supported: P131 {UK}"),
        (UK, "P150", LOS_ANGELES, f"contradicted: P17 {USA}"),
        (ENGLAND, "P150", UK, f"contradicted: P150 {ENGLAND}"),
        (ADA, "P27", UK, f"supported: P27 {UK}"),
        (ADA, "P27", ENGLAND, ""),
        (ADA, "P27", PORTUGAL, f"contradicted: P27 {UK}"),
        (ADA, "P19", LONDON, f"supported: P19 {LONDON}"),
        (ADA, "P19", ENGLAND, ""),
        (ADA, "P20", LONDON, ""),
        (UK, "P30", EUROPE, f"supported: P30 {EUROPE}"),
        (UK, "P30", USA, f"contradicted: P30 {EUROPE}"),
        (UK, "P36", LONDON, f"supported: P36 {LONDON}"),
        (UK, "P36", ENGLAND, f"contradicted: P36 {LONDON}"),
        (ENGLAND, "P1376", UK, f"contradicted: P36 {LONDON}"),
        (PORTUGAL, "P36", LONDON, ""),
        (ADA, "P106", LONDON, ""),
        ("wikidata:Q1", "P17", USA, ""),
        (LOS_ANGELES, "P17", "wikidata:Q1", ""),  # not known to be another country
        (ADA, "P27", "wikidata:Q1", ""),
        (LOS_ANGELES, "P131", "wikidata:Q1", ""),
    ],
)
def test_what_is_known_of_a_statement(head: str, relation: str, tail: str, expected: str) -> None:
    found = finding(relation, entity(head), entity(tail))
    assert (f"{found.kind}: {found.fact}" if found else "") == expected


def test_nothing_is_known_of_what_is_not_linked() -> None:
    portugal = entity("nil:portugal", linked=False)
    assert finding("P17", entity(LOS_ANGELES), portugal) is None
    assert finding("P17", portugal, entity(USA)) is None


@pytest.mark.parametrize(
    ("place", "expected"),
    [(LONDON, (UK,)), (UK, (UK,)), (USA, (USA,)), (EUROPE, ()), (ADA, ())],
)
def test_the_countries_of_a_place(place: str, expected: tuple[str, ...]) -> None:
    assert countries_of(entity(place)) == expected
