"""Second values of relations that have one: who was born on two days was born on one of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractor.checks.facts import BORN_IN, DIED_IN, Finding, countries_of
from extractor.dates import iso_date
from extractor.schema import Entity, Statement

BIRTH, DEATH = "P569", "P570"
SINGLE = frozenset({BIRTH, DEATH, BORN_IN, DIED_IN})
"""Date and place of birth and of death."""
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
"""A year, month or day, in no range and not about then."""


def second_values(
    statements: Sequence[Statement],
    entities: Mapping[str, Entity],
    of_facts: Mapping[int, Finding],
) -> dict[int, Finding]:
    """Return which statements, by index, give a value that cannot hold beside a more probable one.

    Args:
        statements: of one document.
        entities: its entities by id.
        of_facts: what facts say of statements: one that they support is the most probable.
    """
    rivals: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for n, each in enumerate(statements):
        if each.relation in SINGLE:
            rivals[each.head, each.relation].append(n)
    found = {}
    for group in rivals.values():
        first, *others = sorted(group, key=lambda n: _place(statements[n], of_facts.get(n)))
        best = statements[first]
        for n in others:
            if _exclude(entities[best.tail], entities[statements[n].tail]):
                found[n] = Finding("second value", f"{best.relation} {best.tail}")
    return found


def _place(statement: Statement, known: Finding | None) -> tuple[bool, float, str]:
    return known is None or known.kind != "supported", -statement.margin, statement.tail


def _exclude(one: Entity, other: Entity) -> bool:
    """Tell whether not both can be right: '1815' and '10 May 1815' can, and a city and its country.

    Places exclude each other where their countries are known and differ.
    """
    dates = [_date(one), _date(other)]
    if all(dates):
        short, long = sorted(dates, key=len)
        return not long.startswith(short)
    known, others = countries_of(one), countries_of(other)
    return bool(known and others) and set(known).isdisjoint(others)


def _date(entity: Entity) -> str:
    value = iso_date(entity.name) if entity.type == "TIME" else None
    return value if value and _DATE.fullmatch(value) else ""
