"""What is to be written of entities, from what the graph has and what documents say. Pure.

An entity is what the documents that mention it say together. Where the last of them has gone, it is
what a confirmed correction's record says, and without one it is left for deletion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from extractor.schema import Entity
from graph.model.entities import (
    Contribution,
    Properties,
    held_properties,
    is_mentioned,
    label_of,
    merge,
    remaining_properties,
    stored_contribution,
    updated_properties,
)
from graph.model.rows import DocumentRows


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityState:
    """What a transaction has read of the entities that it touches, its own mentions apart."""

    stored: Mapping[str, Properties]
    """Those that there are."""
    remaining: Mapping[str, Contribution]
    """What documents still say of those that lost mentions."""
    held: Mapping[str, Properties]
    """What a confirmed correction keeps of those that no document mentions."""
    moved: Mapping[str, str]
    """Those without mentions that have become others -> these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityPlan:
    """What makes entities what supports them, by id."""

    create: Mapping[str, Properties]
    relabel: Mapping[str, Properties]
    """Those that need another label, which a node can only get anew."""
    update: Mapping[str, Properties]
    successors: Mapping[str, str]
    """Entities that have become others -> those, which carry their ids from now on."""
    records: Mapping[str, Properties]
    """What the others are."""

    @property
    def nil_new(self) -> int:
        """Return how many new entities are in no knowledge base."""
        return sum(not properties["linked"] for properties in self.create.values())


def plan_entities(
    state: EntityState, batch: Sequence[DocumentRows], touched: Set[str]
) -> EntityPlan:
    """Return what is to be written, so that entities are what supports them now.

    Args:
        state: what the graph has of the entities.
        batch: documents with entities of their own.
        touched: entities that lost mentions, or that a correction may hold.
    """
    stored = state.stored
    contributions, entities = contributions_of(batch)
    for id_, contribution in _of_others(state, touched).items():
        contributions[id_].append(contribution)
    wanted = {
        id_: updated_properties(entities[id_], merge(given))
        if id_ in entities
        else remaining_properties(linked=stored[id_]["linked"], merged=merge(given))
        for id_, given in sorted(contributions.items())
    }
    wanted |= {id_: held_properties(record) for id_, record in state.held.items()}
    moved = {old: new for old, new in state.moved.items() if old in stored and new in wanted}
    _add_former_ids(wanted, stored, moved)
    relabel, update = _differing(wanted, stored)
    new = sorted(wanted.keys() - stored.keys())
    return EntityPlan(
        create={id_: {"former_ids": [], **wanted[id_]} for id_ in new},
        relabel=relabel,
        update=update,
        successors=moved,
        records={id_: wanted[id_] for id_ in moved.values()},
    )


def contributions_of(
    batch: Iterable[DocumentRows],
) -> tuple[defaultdict[str, list[Contribution]], dict[str, Entity]]:
    """Return what documents say of their entities, and what the entity index has of these."""
    contributions: defaultdict[str, list[Contribution]] = defaultdict(list)
    entities: dict[str, Entity] = {}
    for rows in sorted(batch, key=lambda rows: str(rows.document["id"])):
        for entity, contribution in rows.entities:
            contributions[entity.id].append(contribution)
            entities.setdefault(entity.id, entity)
    return contributions, entities


def _of_others(state: EntityState, touched: Set[str]) -> dict[str, Contribution]:
    """Return what the documents outside the batch say of its entities.

    Where the batch took no mention back, that is the stored state, so a hub is not read again;
    where it did, it is what the remaining mentions say.
    """
    untouched = {
        id_: stored_contribution(node)
        for id_, node in state.stored.items()
        if id_ not in touched and is_mentioned(node)
    }
    return untouched | dict(state.remaining)


def _add_former_ids(
    wanted: Mapping[str, Properties], stored: Mapping[str, Properties], moved: Mapping[str, str]
) -> None:
    """Let an entity carry the ids of those that have become it."""
    for old, new in sorted(moved.items()):
        own = wanted[new].get("former_ids") or stored.get(new, {}).get("former_ids", [])
        former = {*own, old, *stored[old]["former_ids"]} - {new}
        wanted[new]["former_ids"] = sorted(former)


def _differing(
    wanted: Mapping[str, Properties], stored: Mapping[str, Properties]
) -> tuple[dict[str, Properties], dict[str, Properties]]:
    """Return what changed of the entities that need another label, and of the others."""
    relabel: dict[str, Properties] = {}
    update: dict[str, Properties] = {}
    for id_ in sorted(wanted.keys() & stored.keys()):
        before, after = stored[id_], wanted[id_]
        if "type" in after and label_of(after["type"]) != label_of(before["type"]):
            relabel[id_] = after
        elif any(before.get(name) != value for name, value in after.items()):
            update[id_] = after
    return relabel, update
