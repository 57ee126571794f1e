"""How an index stores the facts of an entity: 'P17 wikidata:Q145'; neither id has blanks."""

from __future__ import annotations

from collections.abc import Iterable

from extractor.schema import Candidate


def fact_lines(entity: Candidate) -> list[str]:
    """Return the facts as strings."""
    return [f"{relation} {value}" for relation, value in entity.facts]


def parsed_facts(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the facts that these strings are."""
    return tuple(
        (relation, value) for relation, _, value in (line.partition(" ") for line in lines)
    )
