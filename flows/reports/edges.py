"""Edges that a report shows: statements as the edges they alone would make, and which come first.

Those that the model is most sure of, or doubts most. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from extractor.names import fold_name, mentioned_name
from extractor.schema import Document, Entity, Extraction, Statement
from graph.model.edges import status_of
from graph.model.entities import confidence
from graph.model.records import Champion, FoundEdge, FoundEvidence

Triple = tuple[str, str, str]
"""Head, relation, tail."""


def triple(edge: FoundEdge) -> Triple:
    """Return what names an edge."""
    return edge.head, edge.relation, edge.tail


def strength(edge: FoundEdge) -> tuple[float, float, Triple]:
    """Return a place in the order of the strongest; all margins are of one checkpoint."""
    return -edge.probability, -edge.margin, triple(edge)


def doubt(edge: FoundEdge) -> tuple[float, float, Triple]:
    """Return a place in the order of the most doubtful."""
    return edge.probability, edge.margin, triple(edge)


def first(
    edges: Iterable[FoundEdge], place: Callable[[FoundEdge], Any], limit: int
) -> list[FoundEdge]:
    """Return the first edges by their places; where a triple comes twice, its strongest counts."""
    by_triple = {triple(edge): edge for edge in sorted(edges, key=strength, reverse=True)}
    return sorted(by_triple.values(), key=place)[:limit]


def as_written(edge: FoundEdge, evidence: FoundEvidence) -> str:
    """Return how a document writes the ends that have other names: "'Bank of Uganda'"; else ''."""
    ends = ((edge.head_name, evidence.head_names), (edge.tail_name, evidence.tail_names))
    return " and ".join(
        repr(max(names, key=len))
        for name, names in ends
        if names and fold_name(name) not in map(fold_name, names)
    )


def statement_edges(extractions: Sequence[Extraction], champion: Champion) -> list[FoundEdge]:
    """Return every statement as the edge of its document alone."""
    return [
        _edge(extraction, statement, champion)
        for extraction in extractions
        for statement in extraction.statements
    ]


def _edge(extraction: Extraction, statement: Statement, champion: Champion) -> FoundEdge:
    document = extraction.document
    entities = {entity.id: entity for entity in extraction.entities}
    head, tail = entities[statement.head], entities[statement.tail]
    links = _confidence(head) * _confidence(tail)
    probability = statement.probability * links
    evidence = FoundEvidence(
        document=document.id,
        title=document.title,
        url=document.url,
        margin=statement.margin,
        probability=statement.probability,
        link_confidence=links,
        checkpoint=champion.name,
        sentences=statement.sentences,
        pages=statement.pages,
        text=statement.text,
        contradicts=statement.contradicts,
        head_names=_names(document, head),
        tail_names=_names(document, tail),
    )
    return FoundEdge(
        head=head.id,
        head_name=head.name,
        relation=statement.relation,
        type=champion.relations.types[statement.relation],
        tail=tail.id,
        tail_name=tail.name,
        margin=statement.margin,
        probability=probability,
        documents=1,
        contradicted=int(bool(statement.contradicts)),
        checkpoint=champion.name,
        status=status_of(probability, champion.assert_above),
        first_seen=document.updated_at,
        last_seen=document.updated_at,
        evidence=(evidence,),
    )


def _confidence(entity: Entity) -> float:
    return confidence(linked=entity.linked, link_confidence=entity.link_confidence)


def _names(document: Document, entity: Entity) -> tuple[str, ...]:
    return tuple(sorted({mentioned_name(document.text, each) for each in entity.mentions}))
