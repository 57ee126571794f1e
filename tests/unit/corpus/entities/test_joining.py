"""One's own entities above the starter index: one entry for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus.entities.joining import joined
from corpus.source import Skipped
from extractor.schema import Candidate

UNITED_KINGDOM = (("P17", "wikidata:Q145"),)


def entry(id_: str, name: str = "London", type_: str = "LOC", **fields: Any) -> Candidate:
    return Candidate(id=id_, name=name, type=type_, **fields)


def entries(own: Sequence[Candidate], starter: Sequence[Candidate]) -> dict[str, Candidate]:
    found = [each for each in joined(own, starter) if isinstance(each, Candidate)]
    assert len({each.id for each in found}) == len(found)
    return {each.id: each for each in found}


def test_what_both_have_is_called_as_ones_own_entry_calls_it() -> None:
    own = entry("wikidata:Q30", "United States", aliases=("the US",), popularity=300)
    starter = entry(
        "wikidata:Q30",
        "United States of America",
        description="federal republic",
        aliases=("American", "United States"),
        popularity=9,
        facts=(("P30", "wikidata:Q49"),),
    )
    other = entry("wikidata:Q16", "Canada")
    assert entries([own], [starter, other]) == {
        "wikidata:Q30": entry(
            "wikidata:Q30",
            "United States",
            description="federal republic",
            aliases=("the US", "United States of America", "American"),
            popularity=300,
            facts=(("P30", "wikidata:Q49"),),
        ),
        "wikidata:Q16": other,
    }


def test_an_id_that_was_merged_into_ones_own_entry_is_no_entry_below() -> None:
    own = entry("own:1", "Acme", "ORG", former_ids=("wikidata:Q1",))
    assert entries([own], [entry("wikidata:Q1", "ACME Inc.", "ORG")])["own:1"].aliases == (
        "ACME Inc.",
    )


def test_a_place_of_geonames_is_the_item_of_its_name_and_country() -> None:
    item = entry("wikidata:Q84", description="capital of England", facts=UNITED_KINGDOM)
    largest = entry("geonames:2643743", aliases=("Londres",), facts=UNITED_KINGDOM)
    second = entry("geonames:7", facts=UNITED_KINGDOM)
    elsewhere = entry("geonames:6058560", facts=(("P17", "wikidata:Q16"),))
    found = entries([elsewhere, largest, second], [item])
    assert found.keys() == {"wikidata:Q84", "geonames:7", "geonames:6058560"}
    twin = found["wikidata:Q84"]
    assert (twin.former_ids, twin.aliases) == (("geonames:2643743",), ("Londres",))


def test_a_county_or_another_region_is_no_twin() -> None:
    facts = (("P131", "wikidata:Q99"), ("P17", "wikidata:Q30"))
    place = entry("geonames:1", "Orange", facts=facts)
    county = entry("wikidata:Q1", "Orange", description="county in California", facts=facts)
    texan = entry(
        "wikidata:Q2",
        "Orange",
        description="city in Texas",
        facts=(("P131", "wikidata:Q1439"), ("P17", "wikidata:Q30")),
    )
    unknown = entry("wikidata:Q3", "Orange", description="city")
    assert entries([place], [county, texan, unknown]).keys() == {
        *("geonames:1", "wikidata:Q1", "wikidata:Q2", "wikidata:Q3")
    }


def test_an_entry_after_its_own_twin_is_told_of() -> None:
    item = entry("wikidata:Q84", description="city", facts=UNITED_KINGDOM)
    place = entry("geonames:1", facts=UNITED_KINGDOM)
    found = list(joined([place, entry("wikidata:Q84")], [item]))
    assert [each.place for each in found if isinstance(each, Skipped)] == ["wikidata:Q84"]


IDS = st.sampled_from(["wikidata:Q1", "wikidata:Q2", "geonames:1", "geonames:2", "own:1"])
ENTRIES = st.builds(
    entry,
    IDS,
    st.sampled_from(["London", "the London", "Paris"]),
    st.sampled_from(["LOC", "PER"]),
    facts=st.sampled_from([(), UNITED_KINGDOM]),
)
UNIQUE = st.lists(ENTRIES, max_size=5, unique_by=lambda each: each.id)


@given(UNIQUE, UNIQUE)
def test_no_id_is_lost_and_none_comes_twice(own: list[Candidate], below: list[Candidate]) -> None:
    found = entries(own, below)
    known = [id_ for each in found.values() for id_ in (each.id, *each.former_ids)]
    assert {each.id for each in (*own, *below)} == set(known)
    assert entries(list(found.values()), below).keys() == found.keys()
