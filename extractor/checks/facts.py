"""What the entity index knows of a statement's two entities speaks for it, against it, or neither.

Most of it is geography: a place in one country is in no region of another. Facts name relations by
Wikidata's ids, so a vocabulary of other relations is not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from extractor.schema import Entity

COUNTRY, REGION, CONTAINS, CITIZENSHIP = "P17", "P131", "P150", "P27"
CONTINENT, CAPITAL, CAPITAL_OF = "P30", "P36", "P1376"
BORN_IN, DIED_IN, HEADQUARTERS = "P19", "P20", "P159"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a statement."""

    kind: Literal["supported", "contradicted", "second value"]
    fact: str
    """Relation and entity that the statement agrees with or contradicts: 'P17 wikidata:Q145'."""


Check = Callable[[Entity, Entity], Finding | None]


def finding(relation: str, head: Entity, tail: Entity) -> Finding | None:
    """Return what the facts of the two entities say of a relation between them; None: nothing."""
    check = _CHECKS.get(relation)
    return check(head, tail) if check and head.linked and tail.linked else None


def countries_of(entity: Entity) -> tuple[str, ...]:
    """Return the ids of the countries that a place is known to be in; of a country its own.

    A place that has a continent and no country is a country.
    """
    stated = _values(entity, COUNTRY)
    is_country = entity.type == "LOC" and not stated and _values(entity, CONTINENT)
    return (entity.id,) if is_country else stated


def _values(entity: Entity, relation: str) -> tuple[str, ...]:
    return tuple(value for own, value in entity.facts if own == relation)


def _in_country(place: Entity, country: Entity) -> Finding | None:
    if country.id in _values(place, COUNTRY):
        return _supported(COUNTRY, country.id)
    return _of_other_country(place, countries_of(country))


def _in_region(place: Entity, region: Entity) -> Finding | None:
    for relation in (REGION, COUNTRY):
        if region.id in _values(place, relation):
            return _supported(relation, region.id)
        if place.id in _values(region, relation):
            return _contradicted(CONTAINS, region.id)
    return _of_other_country(place, countries_of(region))


def _of_other_country(place: Entity, others: tuple[str, ...]) -> Finding | None:
    known = countries_of(place)
    if known and others and set(known).isdisjoint(others):
        return _contradicted(COUNTRY, known[0])
    return None


def _citizen(person: Entity, country: Entity) -> Finding | None:
    known = _values(person, CITIZENSHIP)
    if country.id in known:
        return _supported(CITIZENSHIP, country.id)
    others = countries_of(country)
    apart = known and others and set(known).isdisjoint(others)
    return _contradicted(CITIZENSHIP, known[0]) if apart else None


def _only(relation: str) -> Check:
    """Return a check of a relation whose values the index knows all, where it knows any."""

    def check(head: Entity, tail: Entity) -> Finding | None:
        known = _values(head, relation)
        if tail.id in known:
            return _supported(relation, tail.id)
        return _contradicted(relation, known[0]) if known else None

    return check


def _stated(relation: str) -> Check:
    """Return a check of a relation whose values may lie in one another: a city, its country."""

    def check(head: Entity, tail: Entity) -> Finding | None:
        known = tail.id in _values(head, relation)
        return _supported(relation, tail.id) if known else None

    return check


def _swapped(check: Check) -> Check:
    return lambda head, tail: check(tail, head)


def _supported(relation: str, value: str) -> Finding:
    return Finding("supported", f"{relation} {value}")


def _contradicted(relation: str, value: str) -> Finding:
    return Finding("contradicted", f"{relation} {value}")


_CHECKS: dict[str, Check] = {
    COUNTRY: _in_country,
    REGION: _in_region,
    CONTAINS: _swapped(_in_region),
    CITIZENSHIP: _citizen,
    CONTINENT: _only(CONTINENT),
    CAPITAL: _only(CAPITAL),
    CAPITAL_OF: _swapped(_only(CAPITAL)),
    BORN_IN: _stated(BORN_IN),
    DIED_IN: _stated(DIED_IN),
    HEADQUARTERS: _stated(HEADQUARTERS),
}
