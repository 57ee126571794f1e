"""People's verdicts: storing and withdrawing them, and making the graph follow at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.driver.connection import Connection
from graph.driver.transaction import Transaction
from graph.errors import GraphRejected
from graph.model.edges import CONFIRMED, REJECTED
from graph.model.entities import is_mentioned
from graph.model.records import Champion, Correction
from graph.model.rows import UTC_TIME, Row, edge_key
from graph.writing.adopting import forget_adopted
from graph.writing.corrections import (
    correction_id,
    correction_row,
    entity_record,
    parse_record,
    store,
)
from graph.writing.documents import recompute
from graph.writing.entities import stored_entities
from graph.writing.removal import delete_nodes


class Verdicts:
    """What people say of edges; they write at any time, and belong to no run."""

    def __init__(self, connection: Connection, champion: Champion) -> None:
        self._connection = connection
        self._champion = champion

    def store(self, corrections: Sequence[Correction]) -> int:
        """Store verdicts, all or none, each where its edge has no newer one; return how many.

        Args:
            corrections: on edges between entities that the graph has, or recorded with them.

        Raises:
            GraphRejected: a verdict, a time or a relation is none, or an entity is neither in the
                graph nor recorded; the message says which, and what to do.
        """
        return self._connection.execute_write(
            lambda transaction: correct(transaction, corrections, self._champion)
        )

    def withdraw(self, head: str, relation: str, tail: str) -> bool:
        """Forget the verdict on an edge, so that its evidence counts again; False without one."""
        return self._connection.execute_write(
            lambda transaction: withdraw(transaction, head, relation, tail, self._champion)
        )


def correct(transaction: Transaction, corrections: Sequence[Correction], champion: Champion) -> int:
    """Store verdicts where no newer one stands, let the graph follow, and return how many."""
    ends = {end for each in corrections for end in (each.head, each.tail)}
    nodes = stored_entities(transaction, ends)
    keys = store(transaction, [_row(each, nodes, champion) for each in corrections])
    _follow(transaction, ends, keys, nodes, champion)
    return len(keys)


def withdraw(
    transaction: Transaction, head: str, relation: str, tail: str, champion: Champion
) -> bool:
    """Forget the verdict on an edge, and let the graph follow; False without one."""
    key = edge_key(head, relation, tail)
    if not delete_nodes(transaction, "Correction", [correction_id(key)]):
        return False
    nodes = stored_entities(transaction, {head, tail})
    _follow(transaction, {head, tail}, {key}, nodes, champion)
    return True


def _follow(
    transaction: Transaction,
    ends: Iterable[str],
    keys: set[str],
    nodes: Mapping[str, Mapping[str, Any]],
    champion: Champion,
) -> None:
    """Recompute edges, and those of their ends that no document mentions."""
    unmentioned = {end for end in ends if end not in nodes or not is_mentioned(nodes[end])}
    recompute(transaction, unmentioned, keys, champion)
    forget_adopted(transaction, champion)


def _row(correction: Correction, nodes: Mapping[str, Mapping[str, Any]], champion: Champion) -> Row:
    if correction.verdict not in (CONFIRMED, REJECTED):
        raise GraphRejected(f"verdict {correction.verdict!r} is not {CONFIRMED} or {REJECTED}")
    if not UTC_TIME.fullmatch(correction.at):
        raise GraphRejected(f"time {correction.at!r} is not like 2026-01-31T23:59:59Z")
    if correction.relation not in champion.relations.types:
        raise GraphRejected(f"relation {correction.relation!r} is not one of the checkpoint's")
    return correction_row(
        correction,
        head_entity=_record(correction.head, correction.head_entity, nodes),
        tail_entity=_record(correction.tail, correction.tail_entity, nodes),
    )


def _record(id_: str, given: str, nodes: Mapping[str, Mapping[str, Any]]) -> str:
    if given:
        parse_record(given)
        return given
    if id_ in nodes:
        return entity_record(nodes[id_])
    raise GraphRejected(
        f"the graph has no entity {id_!r}: ingest a document that mentions it first, or look its "
        "id up with factloom find"
    )
