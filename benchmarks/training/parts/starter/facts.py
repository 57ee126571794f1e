"""What Wikidata states of an item, where both ends are known: countries, regions, places of birth.

The table of relations is small, so the country and region of a place are read from descriptions
too: 'city in Cayuga County, New York' is in New York and so in the United States.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from benchmarks.training.parts.starter.items import Item, Triple
from corpus.knowledge.countries import countries
from extractor.names import comparable_name

COUNTRY, REGION = "P17", "P131"
KEPT = ("P17", "P131", "P30", "P36", "P27", "P19", "P20", "P159")
"""Country, region, continent, capital, citizenship, places of birth and death, headquarters."""
UNITED_STATES, UNITED_KINGDOM = "Q30", "Q145"
_HOME_NATIONS = ("Q21", "Q22", "Q25", "Q26")
_STATE = "Q35657"
_INSIDE = re.compile(r"\b(?:in|of|on|from) ([^;:(]+)$")
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
    """The countries and the states of the United States by name."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._countries = {
            comparable_name(country.name): country.id.partition(":")[2]
            for country in countries()
            if country.iso
        }
        self._states: dict[str, str] = {}
        self._all: set[str] = set(self._countries.values())
        for item in items:
            if _STATE in item.classes or item.id in _HOME_NATIONS:
                self._states[comparable_name(item.label)] = item.id
            elif item.id in self._all:
                for name in (item.label, *item.aliases):
                    if len(name) > 2 and name != name.lower():
                        self._countries.setdefault(comparable_name(name), item.id)

    def facts_of(self, place: Item) -> set[tuple[str, str]]:
        """Return what the description of a place says of where it lies."""
        if place.id in self._all or "former" in place.description.lower():
            return set()
        inside = _INSIDE.search(re.sub(r"\([^)]*\)", "", place.description).strip(" ."))
        parts = [comparable_name(part) for part in _PARTS.split(inside[1])] if inside else []
        facts: set[tuple[str, str]] = set()
        for part in parts:
            if " and " in part and part not in self._countries:  # 'France and Italy'
                return set()
            if (state := self._states.get(part)) and state != place.id:
                nation = state in _HOME_NATIONS
                facts |= {(REGION, state), (COUNTRY, UNITED_KINGDOM if nation else UNITED_STATES)}
            elif (country := self._countries.get(part)) and part not in self._states:
                facts.add((COUNTRY, country))
        named = {value for relation, value in facts if relation == COUNTRY}
        return facts if len(named) == 1 else set()


def with_described(stated: Facts, places: Mapping[str, Item], regions: Regions) -> Facts:
    """Return the facts with what descriptions say of places, where nothing is stated."""
    joined = {item: set(facts) for item, facts in stated.items()}
    for item, place in places.items():
        facts = joined.setdefault(item, set())
        relations = {relation for relation, _ in facts}
        facts |= {fact for fact in regions.facts_of(place) if fact[0] not in relations}
    return joined
