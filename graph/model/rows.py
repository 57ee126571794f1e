"""Extraction -> rows: the parameters of the Cypher that stores one document. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from extractor.errors import DocumentRejected
from extractor.schema import MAX_ID_CHARACTERS, Cluster, Document, Entity, Extraction, Statement
from graph.model.digests import digest
from graph.model.entities import Contribution, confidence, contribution
from graph.model.records import FailureRecord, RunInfo

Row = dict[str, Any]

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRows:
    """All rows of one document."""

    document: Row
    entities: tuple[tuple[Entity, Contribution], ...]
    mentions: tuple[Row, ...]
    evidence: tuple[Row, ...]


def content_hash(document: Document) -> str:
    """Return a hash of all that a document brings: what the graph stores, what the model reads."""
    parts = [
        document.title,
        document.text,
        document.url,
        document.updated_at,
        [asdict(sentence) for sentence in document.sentences],
        [_given(cluster) for cluster in document.clusters],
        [asdict(block) for block in document.blocks],
    ]
    return _sha256(parts)


def _given(cluster: Cluster) -> Row:
    """Return what a document says of a cluster, field by field: hashes of old graphs stay."""
    mentions = [{"start": m.start, "end": m.end, "type": m.type} for m in cluster.mentions]
    return {"type": cluster.type, "mentions": mentions}


def edge_key(head: str, relation: str, tail: str) -> str:
    """Return what names an edge: 'head|P19|tail'."""
    return f"{head}|{relation}|{tail}"


def evidence_id(document: str, head: str, relation: str, tail: str, checkpoint: str) -> str:
    """Return the id of the one evidence of an edge that a checkpoint can find in a document."""
    return _sha256([document, head, relation, tail, checkpoint])[:32]


def document_rows(extraction: Extraction, *, run: RunInfo, extracted_at: str) -> DocumentRows:
    """Return the rows of one document.

    Raises:
        DocumentRejected: something that the graph cannot store: an id that is empty or too long,
            a time that is not UTC of fixed width, a number that is not finite, a text that is not
            Unicode, an entity or a statement twice, a mention outside the text, a statement
            without its entity.
    """
    document = extraction.document
    try:
        _check_times(document)
        _check_entities(document, extraction.entities)
        _check_statements(extraction)
        entities = tuple((entity, contribution(document, entity)) for entity in extraction.entities)
        sure = {
            entity.id: confidence(linked=entity.linked, link_confidence=entity.link_confidence)
            for entity in extraction.entities
        }
        rows = DocumentRows(
            document=_document_row(extraction, run, extracted_at),
            entities=entities,
            mentions=tuple(_mention_row(document, entity, part) for entity, part in entities),
            evidence=tuple(
                _evidence_row(document, each, sure[each.head] * sure[each.tail], run)
                for each in extraction.statements
            ),
        )
        for row in (rows.document, *rows.mentions, *rows.evidence, *map(_entity_row, entities)):
            _check_values(row)
        rows.document["props"]["digest"] = digest(
            rows.document["props"], extraction.entities, rows.mentions, rows.evidence
        )
    except ValueError as error:
        raise DocumentRejected(document.id, str(error)) from error
    return rows


def failure_row(failed: FailureRecord, *, at: str, run: RunInfo) -> Row:
    """Return what is remembered of a failure; its error may quote text that cannot be sent."""
    return {
        "id": failed.document,
        "stage": failed.stage,
        "error": failed.error.encode(errors="replace").decode(),
        "content_hash": failed.content_hash,
        "index": failed.index,
        "at": at,
        "run": run.id,
    }


def _document_row(extraction: Extraction, run: RunInfo, extracted_at: str) -> Row:
    document = extraction.document
    properties = {
        "source": document.source,
        "index": document.index,
        "title": document.title,
        "url": document.url,
        "content_hash": content_hash(document),
        "config_hash": run.config_hash,
        "checkpoint": run.checkpoint,
        "updated_at": document.updated_at,
        "extracted_at": extracted_at,
        "unscored_pairs": extraction.unscored_pairs,
    }
    return {"id": document.id, "props": properties}


def _mention_row(document: Document, entity: Entity, part: Contribution) -> Row:
    spans = [bound for each in entity.mentions for bound in (each.start, each.end)]
    properties: Row = {
        "count": len(entity.mentions),
        "spans": spans,
        "names": list(part.names),
        "link_confidence": entity.link_confidence,
    }
    if entity.candidate:
        properties["candidate"] = entity.candidate
        properties["candidate_confidence"] = entity.candidate_confidence
    return {"entity": entity.id, "document": document.id, "props": properties}


def _evidence_row(
    document: Document, statement: Statement, link_confidence: float, run: RunInfo
) -> Row:
    triple = (statement.head, statement.relation, statement.tail)
    return {
        "id": evidence_id(document.id, *triple, run.checkpoint),
        "edge": edge_key(*triple),
        "document": document.id,
        "head": statement.head,
        "relation": statement.relation,
        "tail": statement.tail,
        "margin": statement.margin,
        "probability": statement.probability,
        "link_confidence": link_confidence,
        "sentences": list(statement.sentences),
        "pages": list(statement.pages),
        "text": statement.text,
        "contradicts": statement.contradicts,
        "checkpoint": run.checkpoint,
        "run": run.id,
    }


def _entity_row(entity: tuple[Entity, Contribution]) -> Row:
    record, part = entity
    names = [record.name, *record.aliases, *part.names]
    return {"id": record.id, "names": names, "kb_id": record.kb_id, "text": record.description}


def _check_times(document: Document) -> None:
    _check_id("document", document.id)
    if not UTC_TIME.fullmatch(document.updated_at):
        raise ValueError(f"updated_at is {document.updated_at!r}, not like 2026-01-31T23:59:59Z")


def _check_entities(document: Document, entities: Iterable[Entity]) -> None:
    seen: set[str] = set()
    for entity in entities:
        check_entity_id(entity.id)
        if entity.id in seen:
            raise ValueError(f"entity {entity.id} comes twice; its mentions belong together")
        seen.add(entity.id)
        if entity.link_confidence < 0 or entity.link_confidence > 1:
            raise ValueError(f"entity {entity.id} has link confidence {entity.link_confidence}")
        if not entity.mentions:
            raise ValueError(f"entity {entity.id} has no mention")
        if any(not document.text[each.start : each.end].strip() for each in entity.mentions):
            raise ValueError(f"entity {entity.id} has a mention that holds no text of the document")


def check_entity_id(id_: str) -> None:
    """Refuse what cannot be the id of an entity.

    Raises:
        ValueError: it is empty or too long, or holds what separates an edge's parts.
    """
    _check_id("entity", id_)
    if "|" in id_:
        raise ValueError(f"entity id {id_!r} holds '|', which separates an edge's parts")


def _check_statements(extraction: Extraction) -> None:
    known = {entity.id for entity in extraction.entities}
    seen: set[str] = set()
    for statement in extraction.statements:
        key = edge_key(statement.head, statement.relation, statement.tail)
        if missing := {statement.head, statement.tail} - known:
            raise ValueError(f"statement {key} names {min(missing)}, which is none of its entities")
        if key in seen:
            raise ValueError(f"statement {key} comes twice")
        if not 0 <= statement.probability <= 1:
            raise ValueError(f"statement {key} has probability {statement.probability}")
        seen.add(key)


def _check_id(what: str, value: str) -> None:
    if not value or len(value) > MAX_ID_CHARACTERS:
        raise ValueError(
            f"{what} id {value[:40]!r} has {len(value)} characters, not 1 to {MAX_ID_CHARACTERS}"
        )


def _check_values(row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        match value:
            case None:
                raise ValueError(f"{name} is missing")
            case float() if not math.isfinite(value):
                raise ValueError(f"{name} is {value}")
            case str():
                _check_unicode(name, value)
            case list():
                _check_unicode(name, " ".join(map(str, value)))
            case dict():
                _check_values(value)


def _check_unicode(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half a surrogate pair, which is no character") from None


def _sha256(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
