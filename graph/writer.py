"""Writing documents: afterwards the graph is as if their older versions had never been there.

One transaction holds whole documents. A document's own evidence and mentions are taken out and
written anew; every edge and entity that this touches is recomputed from what then supports it.
CREATE instead of MERGE is safe because the same transaction has just deleted or looked up the key,
and there is one writer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.errors import DocumentRejected
from extractor.relations import RelationVocabulary
from extractor.schema import Entity
from graph.edge_writer import recompute_edges
from graph.entities import (
    Contribution,
    label_of,
    merge,
    new_properties,
    ranked,
    remaining_properties,
    stored_contribution,
    updated_properties,
)
from graph.records import UpsertReport
from graph.rows import DocumentRows, Row
from graph.transaction import Transaction


def write_documents(
    transaction: Transaction,
    batch: Sequence[DocumentRows],
    *,
    champion: str,
    relations: RelationVocabulary,
) -> UpsertReport:
    """Write documents whole, with all that follows from them.

    Raises:
        DocumentRejected: a document comes twice, or states a relation outside the vocabulary.
    """
    _check(batch, relations)
    ids = sorted(rows.document["id"] for rows in batch)
    keys = transaction.keys("delete_evidence", ids)
    unmentioned = transaction.keys("delete_mentions", ids)

    transaction.rows("upsert_documents", [rows.document for rows in batch])
    entities = _write_entities(transaction, batch, unmentioned)
    mentions = [row for rows in batch for row in rows.mentions]
    transaction.write("create_mentions", mentions)
    evidence = [row for rows in batch for row in rows.evidence]
    transaction.write("create_evidence", evidence)

    keys |= {row["edge"] for row in evidence}
    edges = recompute_edges(transaction, keys, champion=champion, relations=relations)
    loose = (unmentioned | edges.loose_ends) - entities.in_batch
    removed = transaction.keys("delete_entities", sorted(loose))
    transaction.rows("delete_failures", ids)
    return UpsertReport(
        documents=len(batch),
        mentions=len(mentions),
        evidence=len(evidence),
        entities_new=len(entities.new),
        entities_removed=len(removed),
        nil_new=sum(not entity.linked for entity in entities.new),
        edges_new=edges.new,
        edges_changed=edges.changed,
        edges_removed=edges.removed,
        unscored_pairs=sum(rows.document["props"]["unscored_pairs"] for rows in batch),
    )


def retract_documents(
    transaction: Transaction, ids: Sequence[str], *, champion: str, relations: RelationVocabulary
) -> UpsertReport:
    """Take documents out, with all that nothing else supports."""
    keys = transaction.keys("delete_evidence", ids)
    unmentioned = transaction.keys("delete_mentions", ids)
    documents = transaction.keys("delete_documents", ids)
    _write_entities(transaction, [], unmentioned)
    edges = recompute_edges(transaction, keys, champion=champion, relations=relations)
    removed = transaction.keys("delete_entities", sorted(unmentioned | edges.loose_ends))
    transaction.rows("delete_failures", ids)
    return UpsertReport(
        documents_removed=len(documents),
        entities_removed=len(removed),
        edges_new=edges.new,
        edges_changed=edges.changed,
        edges_removed=edges.removed,
    )


def _check(batch: Sequence[DocumentRows], relations: RelationVocabulary) -> None:
    seen: set[str] = set()
    for rows in batch:
        document = rows.document["id"]
        if document in seen:
            raise DocumentRejected(document, "it comes twice in one batch")
        seen.add(document)
        for row in rows.evidence:
            if row["relation"] not in relations.types:
                raise DocumentRejected(document, f"relation {row['relation']!r} is not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenEntities:
    in_batch: frozenset[str]
    new: tuple[Entity, ...]


def _write_entities(
    transaction: Transaction, batch: Sequence[DocumentRows], unmentioned: set[str]
) -> _WrittenEntities:
    """Write the batch's entities, and the others that lost a mention to it."""
    said: defaultdict[str, list[Contribution]] = defaultdict(list)
    records: dict[str, Entity] = {}
    for rows in sorted(batch, key=lambda rows: str(rows.document["id"])):
        for entity, contribution in rows.entities:
            said[entity.id].append(contribution)
            records.setdefault(entity.id, entity)
    stored = _stored(transaction, sorted(said.keys() | unmentioned))
    for id_, contribution in _before(transaction, stored, unmentioned).items():
        said[id_].append(contribution)

    new = [records[id_] for id_ in sorted(records.keys() - stored.keys())]
    _create(transaction, new, said)
    changed = []
    for id_ in sorted(stored.keys() & said.keys()):
        together = merge(said[id_])
        if id_ in records:
            properties = updated_properties(records[id_], together)
        else:
            properties = remaining_properties(linked=stored[id_]["linked"], said=together)
        if any(stored[id_].get(name) != value for name, value in properties.items()):
            changed.append({"id": id_, "props": properties})
    transaction.write("update_entities", changed)
    return _WrittenEntities(in_batch=frozenset(records), new=tuple(new))


def _stored(transaction: Transaction, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    return {record["id"]: record["node"] for record in transaction.rows("read_entities", ids)}


def _before(
    transaction: Transaction, stored: Mapping[str, Mapping[str, Any]], unmentioned: set[str]
) -> dict[str, Contribution]:
    """Return what the documents outside the batch say of its entities.

    Where the batch took no mention back, that is the stored state, so a hub is not read again;
    where it did, it is what the remaining mentions say.
    """
    untouched = {
        id_: stored_contribution(node) for id_, node in stored.items() if id_ not in unmentioned
    }
    remaining = {
        record["id"]: Contribution(
            names=ranked(name for names in record["names"] for name in names),
            link_confidence=record["link_confidence"],
            first_seen=record["first_seen"],
            last_seen=record["last_seen"],
        )
        for record in transaction.rows("read_mentioned", sorted(unmentioned))
    }
    return untouched | remaining


def _create(
    transaction: Transaction, entities: Sequence[Entity], said: Mapping[str, list[Contribution]]
) -> None:
    by_label: defaultdict[str, list[Row]] = defaultdict(list)
    for entity in entities:
        properties = new_properties(entity, merge(said[entity.id]))
        by_label[label_of(entity.type)].append({"id": entity.id, "props": properties})
    for label, rows in by_label.items():
        transaction.write("create_entities", rows, label=label)
