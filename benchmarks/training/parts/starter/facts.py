"""What Wikidata states of an item, where both ends are known: countries, regions, places of birth.

The table of relations is small, so the country and region of a place are read from descriptions
too: 'city in Cayuga County, New York' is in New York and so in the United States.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from benchmarks.training.parts.starter.items import Item, Triple
from corpus.knowledge.countries import by_code, countries
from extractor.names import comparable_name

COUNTRY, REGION = "P17", "P131"
KEPT = ("P17", "P131", "P30", "P36", "P27", "P19", "P20", "P159")
"""Country, region, continent, capital, citizenship, places of birth and death, headquarters."""
_INSIDE = re.compile(r"\b(?:in|of|on|from) ([^;:(]+)$")
_TOWARDS = re.compile(
    r"^(north|south|west|east|central)(ern)?[ -]?(west|east)?(ern)? ", re.IGNORECASE
)
_PARTS = re.compile(r",| in | of ")

Facts = dict[str, set[tuple[str, str]]]


def stated_facts(triples: Iterable[Triple], known: Collection[str]) -> Facts:
    """Return the facts of items that are known, about others that are known."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for head, relation, tail in triples:
        if relation in KEPT and head != tail and head in known and tail in known:
            found[head].add((relation, tail))
    return dict(found)


class Regions:
    """The countries, the states of the United States and the home nations by name."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._countries: dict[str, str] = {}
        self._states: dict[str, tuple[str, str]] = {}
        for each in countries():
            item = each.id.partition(":")[2]
            if not each.region:
                self._countries[comparable_name(each.name)] = item
            elif each.iso:
                country = by_code()[each.iso[:2]].id.partition(":")[2]
                self._states[comparable_name(each.name)] = (item, country)
        self._known = {*self._countries.values()}
        for place in items:
            if place.id in self._known:
                for name in (place.label, *place.aliases):
                    if len(name) > 2 and name != name.lower():
                        self._countries.setdefault(comparable_name(name), place.id)

    def facts_of(self, place: Item) -> set[tuple[str, str]]:
        """Return what the description of a place says of where it lies."""
        if place.id in self._known or "former" in place.description.lower():
            return set()
        what = re.sub(r"\([^)]*\)", "", place.description).split(";")[0]
        inside = _INSIDE.search(what.strip(" ."))
        written = _PARTS.split(inside[1]) if inside else []
        parts = [comparable_name(_TOWARDS.sub("", part.strip())) for part in written]
        if any(self._several(part) for part in parts):
            return set()
        both = {part for part in parts if part in self._states and part in self._countries}
        named = {self._countries[part] for part in parts if part in self._countries} - {place.id}
        for part in parts:
            state, country = self._states.get(part, (place.id, ""))
            if state != place.id and (part not in both or country in named):
                return {(REGION, state), (COUNTRY, country)}
        return {(COUNTRY, country) for country in named} if len(named) == 1 and not both else set()

    def _several(self, part: str) -> bool:
        """Return whether this names several: 'France and Italy', but not 'Tyne and Wear'."""
        names = part.split(" and ") if part not in self._countries else ()
        return len(names) > 1 and any(n in self._countries or n in self._states for n in names)


def with_described(stated: Facts, places: Mapping[str, Item], regions: Regions) -> Facts:
    """Return the facts with what descriptions say of places: their country where none is stated.

    The region is another one as a rule, as what is stated is the county.
    """
    joined = {item: set(facts) for item, facts in stated.items()}
    for item, place in places.items():
        facts = joined.setdefault(item, set())
        stated_country = any(relation == COUNTRY for relation, _ in facts)
        described = regions.facts_of(place)
        facts |= {fact for fact in described if fact[0] == REGION or not stated_country}
    return joined
