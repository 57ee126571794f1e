"""Corrections as the graph stores them: one for each edge, with what its entities were.

A correction outlives the documents. So it keeps a record of its head and its tail, from which they
are made again where no document mentions them: in an empty graph, or after the last one has gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from graph.driver.transaction import Transaction
from graph.errors import GraphRejected
from graph.model.edges import CONFIRMED
from graph.model.entities import RECORD_PROPERTIES
from graph.model.records import Correction
from graph.model.rows import Row, edge_key
from graph.reading.foreign import refuse_taken
from graph.writing.removal import delete_nodes


def correction_id(key: str) -> str:
    """Return the id of the one correction that an edge can have."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def entity_record(node: Mapping[str, Any]) -> str:
    """Return what is kept of an entity, as JSON, from its node's properties."""
    record = {name: node[name] for name in RECORD_PROPERTIES}
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def parse_record(text: str) -> dict[str, Any]:
    """Return the properties that a record holds.

    Raises:
        GraphRejected: it is no record of an entity.
    """
    try:
        record: dict[str, Any] = json.loads(text)
        return {name: record[name] for name in RECORD_PROPERTIES}
    except (ValueError, KeyError, TypeError) as error:
        raise GraphRejected(
            f"{text[:80]!r} is no record of an entity; give none, or one that was exported"
        ) from error


def correction_row(correction: Correction, head_entity: str, tail_entity: str) -> Row:
    """Return a correction's properties."""
    key = edge_key(correction.head, correction.relation, correction.tail)
    records = {"head_entity": head_entity, "tail_entity": tail_entity}
    return {**asdict(correction), **records, "id": correction_id(key)}


def store(transaction: Transaction, rows: Iterable[Row]) -> set[str]:
    """Store corrections where the edge has no newer one, and return the edges that got theirs.

    Raises:
        GraphRejected: a user's node has the id of one.
    """
    newest = {row["id"]: row for row in sorted(rows, key=lambda row: str(row["at"]))}
    for record in transaction.rows("read_corrections", sorted(newest)):
        if record["at"] > newest[record["id"]]["at"]:
            del newest[record["id"]]
    refuse_taken(transaction, "Correction", newest)
    transaction.rows("write_corrections", list(newest.values()))
    return {_key(row) for row in newest.values()}


def move(
    transaction: Transaction, successors: Mapping[str, str], records: Mapping[str, str]
) -> set[str]:
    """Let corrections follow entities that are others now, and return the edges concerned.

    Args:
        transaction: the transaction that re-linked the entities.
        successors: entity -> what it is now.
        records: what is kept of those that it is now.
    """
    found = transaction.rows("read_corrections_of", sorted(successors))
    old = {record["correction"]["id"]: record["correction"] for record in found}
    moved = [_moved(row, successors, records) for _, row in sorted(old.items())]
    delete_nodes(transaction, "Correction", old)
    store(transaction, moved)
    return {_key(row) for row in (*old.values(), *moved)}


def held_records(transaction: Transaction, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the newest record of those entities that a confirmed edge needs."""
    found = [
        (row["at"], row["id"], row[f"{end}_entity"], record["entity"])
        for record in transaction.rows("read_corrections_of", sorted(ids))
        if (row := record["correction"])["verdict"] == CONFIRMED and row["head"] != row["tail"]
        for end in ("head", "tail")
        if row[end] == record["entity"]
    ]
    return {entity: parse_record(text) for _, _, text, entity in sorted(found)}


def _moved(row: Row, successors: Mapping[str, str], records: Mapping[str, str]) -> Row:
    ends = {end: successors.get(row[end], row[end]) for end in ("head", "tail")}
    kept = {f"{end}_entity": records.get(ends[end], row[f"{end}_entity"]) for end in ends}
    key = edge_key(ends["head"], row["relation"], ends["tail"])
    return {**row, **ends, **kept, "id": correction_id(key)}


def _key(row: Row) -> str:
    return edge_key(row["head"], row["relation"], row["tail"])


def verdicts_on(transaction: Transaction, keys: Sequence[str]) -> dict[str, str]:
    """Return the verdicts on those of the edges that have one."""
    ids = {correction_id(key): key for key in keys}
    found = transaction.rows("read_corrections", list(ids))
    return {ids[record["id"]]: record["verdict"] for record in found}
