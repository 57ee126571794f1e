"""What a dry run would write, as the edges that the graph would then hold. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Statement
from graph.records import FoundEdge, FoundEvidence


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
