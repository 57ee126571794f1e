"""Writing documents: afterwards the graph is as if their older versions had never been there.

One transaction holds whole documents. A document that brings nothing new is left alone. Of the
others what was there is read, then replaced; every edge and entity that this touches is recomputed
from what then supports it. Nodes are deleted last, as Neo4j's lookups become slow after that.
CREATE instead of MERGE is safe: the transaction has looked the key up, and there is one writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from extractor.errors import DocumentRejected
from extractor.relations import RelationVocabulary
from graph.driver.transaction import Transaction
from graph.model.edges import POSSIBLE, EdgePlan, Support
from graph.model.entities import has_record
from graph.model.records import Champion, UpsertReport
from graph.model.rows import DocumentRows
from graph.reading.foreign import refuse_taken
from graph.writing import corrections
from graph.writing.corrections import entity_record
from graph.writing.edges import own_evidence, read_support, recompute_edges
from graph.writing.entities import NOTHING_MOVED, stored_entities, write_entities
from graph.writing.entity_plan import EntityPlan, contributions_of
from graph.writing.removal import delete_entities, delete_nodes


def write_documents(
    transaction: Transaction, batch: Sequence[DocumentRows], champion: Champion
) -> UpsertReport:
    """Write documents whole, with all that follows from them.

    Raises:
        DocumentRejected: a document comes twice, or states a relation outside the vocabulary.
        GraphRejected: a user's node has the id of a document or entity.
    """
    _check(batch, champion.relations)
    refuse_taken(transaction, "Document", (rows.document["id"] for rows in batch))
    same = _unchanged(transaction, batch)
    changed = [rows for rows in batch if rows.document["id"] not in same]
    report = UpsertReport()
    if changed:
        report = write_changed(transaction, changed, champion)
    transaction.rows(
        "upsert_documents", [rows.document for rows in batch if rows.document["id"] in same]
    )
    delete_nodes(transaction, "FailedDocument", (rows.document["id"] for rows in batch))
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
    _, entities_of_batch = contributions_of(batch)
    other = {id_ for id_, node in nodes.items() if not has_record(node, entities_of_batch[id_])}
    return {document for document, entities in named.items() if not entities & other}


def write_changed(
    transaction: Transaction,
    batch: Sequence[DocumentRows],
    champion: Champion,
    *,
    moved: Mapping[str, str] = NOTHING_MOVED,
) -> UpsertReport:
    """Write documents in place of their older versions, with all that follows.

    Args:
        transaction: that writes.
        batch: the documents, each once.
        champion: whose margins count first.
        moved: entities that become another as they lose their last mention, whatever the mentions
            say.
    """
    ids = sorted(rows.document["id"] for rows in batch)
    old = evidence_of(transaction, ids)
    evidence = [row for rows in batch for row in rows.evidence]
    keys = {*old.values(), *(row["edge"] for row in evidence)}
    read = partial(read_support, transaction, without=set(ids), own=list(own_evidence(batch)))
    support = read(keys)

    before = transaction.rows("delete_mentions", ids)
    unmentioned = {mention["entity"] for record in before for mention in record["mentions"]}
    transaction.rows("upsert_documents", [rows.document for rows in batch])
    entities = write_entities(transaction, unmentioned, batch=batch, before=before, moved=moved)
    mentions = [row for rows in batch for row in rows.mentions]
    transaction.write("create_mentions", mentions)
    if entities.successors:
        records = {id_: entity_record(node) for id_, node in entities.records.items()}
        followed = corrections.move(transaction, entities.successors, records)
        support = read(keys | followed, held=followed)
    transaction.write("update_evidence", [row for row in evidence if row["id"] in old])
    new = [row for row in evidence if row["id"] not in old]
    transaction.write("create_evidence", new)
    edges = recompute_edges(transaction, support, champion)
    delete_nodes(transaction, "Evidence", old.keys() - {row["id"] for row in evidence})
    mentioned = {entity.id for rows in batch for entity, _ in rows.entities}
    loose = (unmentioned | edges.loose_ends) - mentioned
    removed = delete_entities(transaction, loose)
    return _report(entities, edges, removed)


def retract_documents(
    transaction: Transaction, ids: Sequence[str], champion: Champion, *, keep_failures: bool = False
) -> UpsertReport:
    """Take documents out, with all that nothing else supports, and that they failed if so asked."""
    old = evidence_of(transaction, ids)
    keys = set(old.values())
    support = read_support(transaction, keys, without=set(ids))
    before = transaction.rows("delete_mentions", ids)
    unmentioned = {mention["entity"] for record in before for mention in record["mentions"]}
    report = _recomputed(transaction, unmentioned, support, champion)
    delete_nodes(transaction, "Evidence", old)
    removed = delete_nodes(transaction, "Document", ids)
    if not keep_failures:
        delete_nodes(transaction, "FailedDocument", ids)
    return replace(report, documents_removed=len(removed))


def recompute(
    transaction: Transaction,
    touched: Set[str],
    keys: Set[str],
    champion: Champion,
    *,
    moved: Mapping[str, str] = NOTHING_MOVED,
) -> UpsertReport:
    """Make entities and edges what supports them now, and delete those that nothing does.

    Args:
        transaction: in which something changed.
        touched: the entities.
        keys: of the edges.
        champion: whose margins count first.
        moved: those of the entities that have become another, whatever their mentions say.
    """
    support = read_support(transaction, keys, held=keys)
    return _recomputed(transaction, touched, support, champion, moved=moved)


def _recomputed(
    transaction: Transaction,
    touched: Set[str],
    support: Support,
    champion: Champion,
    *,
    moved: Mapping[str, str] = NOTHING_MOVED,
) -> UpsertReport:
    entities = write_entities(transaction, touched, moved=moved)
    edges = recompute_edges(transaction, support, champion)
    removed = delete_entities(transaction, touched | edges.loose_ends)
    return _report(entities, edges, removed)


def evidence_of(transaction: Transaction, documents: Sequence[str]) -> dict[str, str]:
    """Return the evidence that documents gave before: its id -> its edge."""
    return {
        record["id"]: record["edge"] for record in transaction.rows("read_own_evidence", documents)
    }


def _report(entities: EntityPlan, edges: EdgePlan, removed: Set[str]) -> UpsertReport:
    return UpsertReport(
        entities_new=len(entities.create),
        entities_removed=len(removed),
        entities_rekeyed=len(entities.successors),
        nil_new=entities.nil_new,
        edges_new=len(edges.create),
        possible_new=sum(row["props"]["status"] == POSSIBLE for row in edges.create),
        edges_changed=len(edges.update),
        edges_removed=len(edges.delete),
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
