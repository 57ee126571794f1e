"""Giving an entity another id: where the knowledge base has merged its entry into another.

No model runs. The documents that mention it are written anew from what the graph holds of them,
with the other id in place of the old one, by the writer of extracted documents: it recomputes
edges, moves corrections and keeps former ids. Each transaction takes some documents whole, so a hub
costs no more memory than any other entity, and whoever was killed can begin again.

Where a document named both entities, their mentions are one entity's from then on. Of two
statements of one edge the one with the larger margin stays; what it said of the two as a pair is
dropped. That is what can be known before the model reads the document again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.schema import Entity
from graph.driver.transaction import Transaction
from graph.errors import GraphRejected
from graph.model.entities import Contribution, ranked, record_properties
from graph.model.records import Champion, UpsertReport, from_stored
from graph.model.rows import DocumentRows, Row, check_entity_id, edge_key, evidence_id
from graph.writing import corrections
from graph.writing.corrections import entity_record
from graph.writing.documents import recompute, write_changed
from graph.writing.entities import stored_entities


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeying:
    """An entity whose id was merged into another's.

    Raises:
        GraphRejected: the other id is none that the graph can hold.
    """

    old: str
    entity: Entity
    """What it is now, as the entity index has it; its mentions do not count."""

    def __post_init__(self) -> None:
        try:
            check_entity_id(self.entity.id)
        except ValueError as error:
            raise GraphRejected(f"{self.old} cannot follow its entry: {error}") from error

    def id_of(self, id_: str) -> str:
        """Return what an entity's id is now."""
        return self.entity.id if id_ == self.old else id_


def rekey_documents(
    transaction: Transaction, documents: Sequence[str], rekeying: Rekeying, champion: Champion
) -> UpsertReport:
    """Write documents anew, an entity under its new id."""
    batch = _rekeyed(transaction, documents, rekeying)
    moved = {rekeying.old: rekeying.entity.id}
    return write_changed(transaction, batch, champion, moved=moved)


def rekey_corrections(
    transaction: Transaction, rekeying: Rekeying, champion: Champion
) -> UpsertReport:
    """Let the verdicts on an entity that no document mentions follow it, and the entity them."""
    moved = {rekeying.old: rekeying.entity.id}
    record = entity_record(record_properties(rekeying.entity))
    keys = corrections.move(transaction, moved, {rekeying.entity.id: record})
    touched = {rekeying.old, rekeying.entity.id}
    return recompute(transaction, touched, keys, champion, moved=moved)


def _rekeyed(
    transaction: Transaction, documents: Sequence[str], rekeying: Rekeying
) -> list[DocumentRows]:
    """Return the rows of documents as the graph holds them, an entity under its new id.

    Their digests are those of no extraction: the next one writes them, whatever it says.
    """
    mentions: defaultdict[str, defaultdict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in transaction.rows("export_mentions", documents):
        mentions[row["document"]][rekeying.id_of(row["entity"])].append(row["props"])
    evidence: defaultdict[str, list[Row]] = defaultdict(list)
    for record in transaction.rows("stored_evidence", documents):
        evidence[record["props"]["document"]].append(record["props"])
    named = {id_ for by_entity in mentions.values() for id_ in by_entity} - {rekeying.entity.id}
    nodes = stored_entities(transaction, named)
    records = {id_: _entity(node) for id_, node in nodes.items()}
    records[rekeying.entity.id] = rekeying.entity
    return [
        _document_rows(
            record["id"],
            record["props"],
            mentions[record["id"]],
            evidence[record["id"]],
            records,
            rekeying,
        )
        for record in transaction.rows("export_documents", documents)
    ]


def _document_rows(
    id_: str,
    properties: Row,
    mentions: Mapping[str, Sequence[Row]],
    evidence: Iterable[Row],
    records: Mapping[str, Entity],
    rekeying: Rekeying,
) -> DocumentRows:
    merged = {entity: _merged(rows) for entity, rows in sorted(mentions.items())}
    seen = properties["updated_at"]
    return DocumentRows(
        document={"id": id_, "props": {**properties, "digest": ""}},
        entities=tuple(
            (
                records[entity],
                Contribution(
                    names=tuple(row["names"]),
                    link_confidence=row["link_confidence"],
                    first_seen=seen,
                    last_seen=seen,
                ),
            )
            for entity, row in merged.items()
        ),
        mentions=tuple(
            {"entity": entity, "document": id_, "props": row} for entity, row in merged.items()
        ),
        evidence=tuple(_evidence(evidence, rekeying)),
    )


def _merged(rows: Sequence[Row]) -> Row:
    """Return the mentions of one entity that were those of several."""
    if len(rows) == 1:
        return rows[0]
    pairs = {
        pair for row in rows for pair in zip(row["spans"][::2], row["spans"][1::2], strict=True)
    }
    return {
        "count": len(pairs),
        "spans": [bound for pair in sorted(pairs) for bound in pair],
        "names": list(ranked(name for row in rows for name in row["names"])),
        "link_confidence": max(row["link_confidence"] for row in rows),
    }


def _evidence(evidence: Iterable[Row], rekeying: Rekeying) -> list[Row]:
    """Return a document's evidence under the new id: the surest of each edge, no edge to itself."""
    best: dict[str, Row] = {}
    for row in sorted(evidence, key=lambda row: (-row["margin"], row["id"])):
        head, tail = rekeying.id_of(row["head"]), rekeying.id_of(row["tail"])
        if head == tail:
            continue
        id_ = evidence_id(row["document"], head, row["relation"], tail, row["checkpoint"])
        edge = edge_key(head, row["relation"], tail)
        best.setdefault(id_, {**row, "id": id_, "edge": edge, "head": head, "tail": tail})
    return list(best.values())


def _entity(node: Mapping[str, Any]) -> Entity:
    """Return the record of an entity that the graph has."""
    return from_stored(
        Entity,
        node,
        mentions=(),
        link_confidence=0.0,
        candidate="",
        candidate_confidence=0.0,
        aliases=tuple(node["aliases"]),
        facts=(),
    )
