"""Writing entities inside a transaction that changed who mentions them.

An entity is what the documents that mention it say together. Where the last of them has gone, it is
what a confirmed correction's record says, and without one it is left for deletion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from extractor.schema import Entity
from graph.correction_rows import entity_record, held_records
from graph.entities import (
    Contribution,
    held_properties,
    is_mentioned,
    label_of,
    merge,
    ranked,
    remaining_properties,
    stored_contribution,
    updated_properties,
)
from graph.foreign import refuse_taken
from graph.relinking import successors
from graph.rows import DocumentRows, Row
from graph.transaction import Transaction

Properties = dict[str, Any]
NOTHING_MOVED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityChanges:
    """What writing entities changed, and what others must do about it."""

    new: int
    nil_new: int
    successors: Mapping[str, str]
    """Entities that have become others -> those, which carry their ids from now on."""
    records: Mapping[str, str]
    """What a correction keeps of the others."""


def write_entities(
    transaction: Transaction,
    touched: Set[str],
    *,
    batch: Sequence[DocumentRows] = (),
    before: Sequence[Mapping[str, Any]] = (),
    moved: Mapping[str, str] = NOTHING_MOVED,
) -> EntityChanges:
    """Make entities what supports them now.

    Args:
        transaction: in which the batch's old mentions are deleted and its new ones not yet written.
        touched: entities that lost mentions, or that a correction may hold.
        batch: documents with entities of their own.
        before: the batch's mentions as they were, for `graph.relinking`.
        moved: entities that become another as they lose their last mention, whatever `before` says.

    Raises:
        GraphRejected: a user's node has the id of an entity.
    """
    said, records = said_of(batch)
    stored = stored_entities(transaction, said.keys() | touched)
    for id_, contribution in _before(transaction, stored, touched).items():
        said[id_].append(contribution)
    lost = touched - said.keys()
    moved = successors(lost, before, batch) | {old: moved[old] for old in lost & moved.keys()}

    wanted = {id_: _mentioned(records.get(id_), stored, id_, said[id_]) for id_ in sorted(said)}
    held = held_records(transaction, lost - moved.keys())
    wanted |= {id_: held_properties(record) for id_, record in held.items()}
    moved = {old: new for old, new in moved.items() if old in stored and new in wanted}
    _add_former_ids(wanted, stored, moved)

    new = {id_: {"former_ids": [], **wanted[id_]} for id_ in wanted.keys() - stored.keys()}
    refuse_taken(transaction, "Entity", new)
    relabelled, changed = _differing(wanted, stored)
    _write_by_label(transaction, "create_entities", new)
    _write_by_label(transaction, "relabel_entities", relabelled)
    transaction.write("update_entities", changed)
    return EntityChanges(
        new=len(new),
        nil_new=sum(not properties["linked"] for properties in new.values()),
        successors=moved,
        records={id_: entity_record(wanted[id_]) for id_ in moved.values()},
    )


def stored_entities(transaction: Transaction, ids: Iterable[str]) -> dict[str, Properties]:
    """Return the properties of those of the entities that the graph has."""
    records = transaction.rows("read_entities", sorted(ids))
    return {record["id"]: record["node"] for record in records}


def said_of(
    batch: Sequence[DocumentRows],
) -> tuple[defaultdict[str, list[Contribution]], dict[str, Entity]]:
    """Return what documents say of their entities, and the entities' records."""
    said: defaultdict[str, list[Contribution]] = defaultdict(list)
    records: dict[str, Entity] = {}
    for rows in sorted(batch, key=lambda rows: str(rows.document["id"])):
        for entity, contribution in rows.entities:
            said[entity.id].append(contribution)
            records.setdefault(entity.id, entity)
    return said, records


def _before(
    transaction: Transaction, stored: Mapping[str, Properties], touched: Set[str]
) -> dict[str, Contribution]:
    """Return what the documents outside the batch say of its entities.

    Where the batch took no mention back, that is the stored state, so a hub is not read again;
    where it did, it is what the remaining mentions say.
    """
    untouched = {
        id_: stored_contribution(node)
        for id_, node in stored.items()
        if id_ not in touched and is_mentioned(node)
    }
    remaining = {
        record["id"]: Contribution(
            names=ranked(name for names in record["names"] for name in names),
            link_confidence=record["link_confidence"],
            first_seen=record["first_seen"],
            last_seen=record["last_seen"],
        )
        for record in transaction.rows("read_mentioned", sorted(touched))
    }
    return untouched | remaining


def _mentioned(
    entity: Entity | None,
    stored: Mapping[str, Properties],
    id_: str,
    said: Sequence[Contribution],
) -> Properties:
    if entity is not None:
        return updated_properties(entity, merge(said))
    return remaining_properties(linked=stored[id_]["linked"], said=merge(said))


def _add_former_ids(
    wanted: Mapping[str, Properties],
    stored: Mapping[str, Properties],
    moved: Mapping[str, str],
) -> None:
    """Let an entity carry the ids of those that have become it."""
    for old, new in sorted(moved.items()):
        own = wanted[new].get("former_ids") or stored.get(new, {}).get("former_ids", [])
        former = {*own, old, *stored[old]["former_ids"]} - {new}
        wanted[new]["former_ids"] = sorted(former)


def _differing(
    wanted: Mapping[str, Properties], stored: Mapping[str, Properties]
) -> tuple[dict[str, Properties], list[Row]]:
    """Return what changed of the entities that need another label, and of the others."""
    relabelled: dict[str, Properties] = {}
    changed: list[Row] = []
    for id_ in sorted(wanted.keys() & stored.keys()):
        before, after = stored[id_], wanted[id_]
        if "type" in after and label_of(after["type"]) != label_of(before["type"]):
            relabelled[id_] = after
        elif any(before.get(name) != value for name, value in after.items()):
            changed.append({"id": id_, "props": after})
    return relabelled, changed


def _write_by_label(
    transaction: Transaction, statement: str, entities: Mapping[str, Properties]
) -> None:
    by_label: defaultdict[str, list[Row]] = defaultdict(list)
    for id_, properties in sorted(entities.items()):
        by_label[label_of(properties["type"])].append({"id": id_, "props": properties})
    for label, rows in by_label.items():
        transaction.write(statement, rows, label=label)
