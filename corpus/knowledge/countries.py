"""Countries, and some regions: Wikidata's items, ISO's codes, and what their people are called.

The table beside this file is our own: a code (none for regions), an item, a name, and adjectives.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("countries.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country, or a region that has adjectives of its own."""

    iso: str
    """Two letters of ISO 3166-1, 'GB'; empty for a region."""
    id: str
    """'wikidata:Q145'."""
    name: str
    demonyms: tuple[str, ...]
    """Its adjectives and people: 'British', 'Briton'."""


@cache
def countries() -> tuple[Country, ...]:
    """Return the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Country(
                iso=row["iso"],
                id=f"wikidata:{row['id']}",
                name=row["name"],
                demonyms=tuple(filter(None, row["demonyms"].split("|"))),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )


@cache
def by_code() -> Mapping[str, Country]:
    """Return the countries by ISO's code."""
    return {country.iso: country for country in countries() if country.iso}
