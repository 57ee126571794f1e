"""Edges that a report shows: statements as the edges they alone would make, and which come first.

Those that the model is most sure of, or doubts most. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Statement
from graph.model.records import FoundEdge, FoundEvidence

Triple = tuple[str, str, str]
"""Head, relation, tail."""


def triple(edge: FoundEdge) -> Triple:
    """Return what names an edge."""
    return edge.head, edge.relation, edge.tail


def strength(edge: FoundEdge) -> tuple[float, Triple]:
    """Return a place in the order of the strongest; all margins are of one checkpoint."""
    return -edge.margin, triple(edge)


def doubt(edge: FoundEdge) -> tuple[float, float, Triple]:
    """Return a place in the order of the most doubtful."""
    return edge.probability, edge.margin, triple(edge)


def first(
    edges: Iterable[FoundEdge], place: Callable[[FoundEdge], Any], limit: int
) -> list[FoundEdge]:
    """Return the first edges by their places; where a triple comes twice, its strongest counts."""
    by_triple = {triple(edge): edge for edge in sorted(edges, key=strength, reverse=True)}
    return sorted(by_triple.values(), key=place)[:limit]


def statement_edges(
    extractions: Sequence[Extraction], relations: RelationVocabulary, checkpoint: str
) -> list[FoundEdge]:
    """Return every statement as the edge of its document alone."""
    return [
        _edge(extraction, statement, relations, checkpoint)
        for extraction in extractions
        for statement in extraction.statements
    ]


def _edge(
    extraction: Extraction, statement: Statement, relations: RelationVocabulary, checkpoint: str
) -> FoundEdge:
    document = extraction.document
    entities = {entity.id: entity for entity in extraction.entities}
    head, tail = entities[statement.head], entities[statement.tail]
    evidence = FoundEvidence(
        document=document.id,
        title=document.title,
        url=document.url,
        margin=statement.margin,
        probability=statement.probability,
        checkpoint=checkpoint,
        sentences=statement.sentences,
        pages=statement.pages,
        text=statement.text,
        head_names=_names(document, head),
        tail_names=_names(document, tail),
    )
    return FoundEdge(
        head=head.id,
        head_name=head.name,
        relation=statement.relation,
        type=relations.types[statement.relation],
        tail=tail.id,
        tail_name=tail.name,
        margin=statement.margin,
        probability=statement.probability,
        documents=1,
        checkpoint=checkpoint,
        status="asserted",
        first_seen=document.updated_at,
        last_seen=document.updated_at,
        evidence=(evidence,),
    )


def _names(document: Document, entity: Entity) -> tuple[str, ...]:
    return tuple(sorted({document.text[each.start : each.end] for each in entity.mentions}))
