"""Writing entities inside a transaction that changed who mentions them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from graph.driver.transaction import Transaction
from graph.model.entities import Contribution, Properties, label_of, ranked
from graph.model.records import from_stored
from graph.model.rows import DocumentRows, Row
from graph.reading.foreign import refuse_taken
from graph.writing.corrections import held_records
from graph.writing.entity_plan import EntityPlan, EntityState, plan_entities
from graph.writing.successors import successors

NOTHING_MOVED: Mapping[str, str] = MappingProxyType({})


def write_entities(
    transaction: Transaction,
    touched: Set[str],
    *,
    batch: Sequence[DocumentRows] = (),
    before: Sequence[Mapping[str, Any]] = (),
    moved: Mapping[str, str] = NOTHING_MOVED,
) -> EntityPlan:
    """Make entities what supports them now, and return what that took.

    Args:
        transaction: in which the batch's old mentions are deleted and its new ones not yet written.
        touched: entities that lost mentions, or that a correction may hold.
        batch: documents with entities of their own.
        before: the batch's mentions as they were, for `graph.writing.successors`.
        moved: entities that become another as they lose their last mention, whatever `before` says.

    Raises:
        GraphRejected: a user's node has the id of an entity.
    """
    named = {entity.id for rows in batch for entity, _ in rows.entities}
    stored = stored_entities(transaction, named | touched)
    remaining = _remaining(transaction, touched)
    lost = touched - named - remaining.keys()
    moved = successors(lost, before, batch) | {old: moved[old] for old in lost & moved.keys()}
    held = held_records(transaction, lost - moved.keys())
    state = EntityState(stored=stored, remaining=remaining, held=held, moved=moved)
    plan = plan_entities(state, batch, touched)
    refuse_taken(transaction, "Entity", plan.create)
    _write_by_label(transaction, "create_entities", plan.create)
    _write_by_label(transaction, "relabel_entities", plan.relabel)
    rows = [{"id": id_, "props": properties} for id_, properties in plan.update.items()]
    transaction.write("update_entities", rows)
    return plan


def stored_entities(transaction: Transaction, ids: Iterable[str]) -> dict[str, Properties]:
    """Return the properties of those of the entities that the graph has."""
    records = transaction.rows("read_entities", sorted(ids))
    return {record["id"]: record["node"] for record in records}


def _remaining(transaction: Transaction, touched: Set[str]) -> dict[str, Contribution]:
    """Return what documents still say of entities."""
    return {
        record["id"]: from_stored(
            Contribution, record, names=ranked(name for names in record["names"] for name in names)
        )
        for record in transaction.rows("read_mentioned", sorted(touched))
    }


def _write_by_label(
    transaction: Transaction, statement: str, entities: Mapping[str, Properties]
) -> None:
    by_label: defaultdict[str, list[Row]] = defaultdict(list)
    for id_, properties in sorted(entities.items()):
        by_label[label_of(properties["type"])].append({"id": id_, "props": properties})
    for label, rows in by_label.items():
        transaction.write(statement, rows, label=label)
