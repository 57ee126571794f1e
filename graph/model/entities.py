"""What the documents that mention an entity say of it together: pure, whatever their order.

A linked entity has its type, name, aliases and description from the entity index. A NIL has nothing
but how documents write it, so its name and aliases come from all of them, by a rule that does not
ask which was written first. Each document's part stays on its MENTIONED_IN and can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.names import fold_name, fullest_first, mentioned_name, without_article
from extractor.schema import Document, Entity

Properties = dict[str, Any]
"""Of a node."""

LABELS = {
    "PER": "Person",
    "ORG": "Organization",
    "LOC": "Location",
    "TIME": "Time",
    "NUM": "Number",
    "MISC": "Misc",
}
"""DocRED's entity type -> the label that its nodes carry beside Entity."""

RECORD_PROPERTIES = ("type", "name", "aliases", "kb_id", "linked", "description")
"""What a correction keeps of its entities; the rest follows from documents."""

MAX_NAMES = 50
MAX_FOLDED_CHARACTERS = 500
"""Neo4j refuses indexed strings above 8 kB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one document, or several together, add to an entity."""

    names: tuple[str, ...]
    """How it is written, the best first, at most `MAX_NAMES`."""
    link_confidence: float
    first_seen: str
    last_seen: str


def confidence(*, linked: bool, link_confidence: float) -> float:
    """Return how sure it is that what a document names is this entity; a NIL is itself."""
    return link_confidence if linked else 1.0


def label_of(type_: str) -> str:
    """Return the label of a type: other data's types are Misc, so no label comes from input."""
    return LABELS.get(type_, LABELS["MISC"])


def folded_name(name: str) -> str:
    """Return a name as the graph's index has it."""
    return fold_name(name)[:MAX_FOLDED_CHARACTERS]


def ranked(names: Iterable[str]) -> tuple[str, ...]:
    """Return the best names, the fullest first."""
    return tuple(fullest_first(names)[:MAX_NAMES])


def contribution(document: Document, entity: Entity) -> Contribution:
    """Return what one document adds to one of its entities."""
    return Contribution(
        names=ranked(
            without_article(mentioned_name(document.text, mention)) for mention in entity.mentions
        ),
        link_confidence=entity.link_confidence,
        first_seen=document.updated_at,
        last_seen=document.updated_at,
    )


def merge(contributions: Sequence[Contribution]) -> Contribution:
    """Return what contributions say together; the same for every order and every grouping."""
    return Contribution(
        names=ranked(name for each in contributions for name in each.names),
        link_confidence=max(each.link_confidence for each in contributions),
        first_seen=min(each.first_seen for each in contributions),
        last_seen=max(each.last_seen for each in contributions),
    )


def stored_contribution(node: Mapping[str, Any]) -> Contribution:
    """Return what the documents written so far say, from the entity's stored properties."""
    return Contribution(
        names=() if node["linked"] else ranked([node["name"], *node["aliases"]]),
        link_confidence=node["link_confidence"],
        first_seen=node["first_seen"],
        last_seen=node["last_seen"],
    )


def updated_properties(entity: Entity, merged: Contribution) -> dict[str, Any]:
    """Return the properties that an extraction may change."""
    return record_properties(entity) | remaining_properties(linked=entity.linked, merged=merged)


def record_properties(entity: Entity) -> dict[str, Any]:
    """Return the properties that follow from the entity's record alone, whatever documents say."""
    properties = {
        "type": entity.type,
        "kb_id": entity.kb_id,
        "linked": entity.linked,
        "description": entity.description,
    }
    if entity.linked:
        aliases = {alias for alias in entity.aliases if alias != entity.name}
        properties |= _named(entity.name, ranked(aliases))
    return properties


def has_record(node: Mapping[str, Any], entity: Entity) -> bool:
    """Tell whether a node's properties are those of the entity's record."""
    return all(node[name] == value for name, value in record_properties(entity).items())


def remaining_properties(*, linked: bool, merged: Contribution) -> dict[str, Any]:
    """Return the properties that follow from the documents that mention the entity alone."""
    properties = {
        "link_confidence": merged.link_confidence,
        "first_seen": merged.first_seen,
        "last_seen": merged.last_seen,
    }
    return properties if linked else properties | _named(merged.names[0], merged.names[1:])


def held_properties(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of an entity that no document mentions, from a correction's record."""
    return {
        **record,
        **_named(record["name"], record["aliases"]),
        "link_confidence": 0.0,
        "first_seen": "",
        "last_seen": "",
    }


def is_mentioned(node: Mapping[str, Any]) -> bool:
    """Tell whether documents mention an entity; otherwise a correction alone holds it."""
    return bool(node["first_seen"])


def _named(name: str, aliases: Iterable[str]) -> dict[str, Any]:
    return {
        "name": name,
        "folded_name": folded_name(name),
        "aliases": sorted(aliases),
    }
