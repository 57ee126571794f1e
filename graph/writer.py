"""Writing documents: afterwards the graph is as if their older versions had never been there.

One transaction holds whole documents. A document's own evidence and mentions are taken out and
written anew; every edge and entity that this touches is recomputed from what then supports it.
CREATE instead of MERGE is safe because the same transaction has just deleted or looked up the key,
and there is one writer.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from extractor.errors import DocumentRejected
from extractor.relations import RelationVocabulary
from graph import correction_rows
from graph.edge_writer import recompute_edges
from graph.entities import has_record
from graph.entity_writer import said_of, stored_entities, write_entities
from graph.records import UpsertReport
from graph.rows import DocumentRows
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
    same = _unchanged(transaction, batch)
    changed = [rows for rows in batch if rows.document["id"] not in same]
    report = UpsertReport()
    if changed:
        report = _write_changed(transaction, changed, champion=champion, relations=relations)
    transaction.rows(
        "upsert_documents", [rows.document for rows in batch if rows.document["id"] in same]
    )
    transaction.rows("delete_failures", [rows.document["id"] for rows in batch])
    return replace(
        report,
        documents=len(batch),
        mentions=sum(len(rows.mentions) for rows in batch),
        evidence=sum(len(rows.evidence) for rows in batch),
        unscored_pairs=sum(rows.document["props"]["unscored_pairs"] for rows in batch),
    )


def _unchanged(transaction: Transaction, batch: Sequence[DocumentRows]) -> set[str]:
    """Return the documents that bring nothing new.

    They have the digest that they were last written with, and their entities are still what the
    batch says that they are: another document, extracted with another version of the entity index,
    may have written them since.
    """
    digests = {rows.document["id"]: rows.document["props"]["digest"] for rows in batch}
    same = {
        record["id"]
        for record in transaction.rows("read_digests", sorted(digests))
        if record["digest"] == digests[record["id"]]
    }
    named = {
        rows.document["id"]: {entity.id for entity, _ in rows.entities}
        for rows in batch
        if rows.document["id"] in same
    }
    nodes = stored_entities(transaction, set[str]().union(*named.values()))
    _, records = said_of(batch)
    other = {id_ for id_, node in nodes.items() if not has_record(node, records[id_])}
    return {document for document, entities in named.items() if not entities & other}


def _write_changed(
    transaction: Transaction,
    batch: Sequence[DocumentRows],
    *,
    champion: str,
    relations: RelationVocabulary,
) -> UpsertReport:
    """Take the documents' older versions back and write them anew, with all that follows."""
    ids = sorted(rows.document["id"] for rows in batch)
    keys = transaction.keys("delete_evidence", ids)
    before = transaction.rows("delete_mentions", ids)
    unmentioned = {mention["entity"] for record in before for mention in record["mentions"]}

    transaction.rows("upsert_documents", [rows.document for rows in batch])
    entities = write_entities(transaction, unmentioned, batch=batch, before=before)
    mentions = [row for rows in batch for row in rows.mentions]
    transaction.write("create_mentions", mentions)
    evidence = [row for rows in batch for row in rows.evidence]
    transaction.write("create_evidence", evidence)
    if entities.successors:
        keys |= correction_rows.move(transaction, entities.successors, entities.records)

    keys |= {row["edge"] for row in evidence}
    edges = recompute_edges(
        transaction, keys, champion=champion, relations=relations, taken_out=entities.taken_out
    )
    mentioned = {entity.id for rows in batch for entity, _ in rows.entities}
    loose = (unmentioned | edges.loose_ends) - mentioned
    removed = transaction.keys("delete_entities", sorted(loose))
    return UpsertReport(
        entities_new=entities.new,
        entities_removed=len(removed),
        nil_new=entities.nil_new,
        edges_new=edges.new,
        edges_changed=edges.changed,
        edges_removed=edges.removed,
    )


def retract_documents(
    transaction: Transaction, ids: Sequence[str], *, champion: str, relations: RelationVocabulary
) -> UpsertReport:
    """Take documents out, with all that nothing else supports."""
    keys = transaction.keys("delete_evidence", ids)
    before = transaction.rows("delete_mentions", ids)
    unmentioned = {mention["entity"] for record in before for mention in record["mentions"]}
    removed = transaction.keys("delete_documents", ids)
    transaction.rows("delete_failures", ids)
    report = settle(transaction, unmentioned, keys, champion=champion, relations=relations)
    return replace(report, documents_removed=len(removed))


def settle(
    transaction: Transaction,
    touched: Set[str],
    keys: Set[str],
    *,
    champion: str,
    relations: RelationVocabulary,
) -> UpsertReport:
    """Make entities and edges what supports them now, and delete those that nothing does."""
    entities = write_entities(transaction, touched)
    edges = recompute_edges(
        transaction, keys, champion=champion, relations=relations, taken_out=entities.taken_out
    )
    removed = transaction.keys("delete_entities", sorted(touched | edges.loose_ends))
    return UpsertReport(
        entities_new=entities.new,
        entities_removed=len(removed),
        nil_new=entities.nil_new,
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
