"""Choices -> entities; clusters that link to one id become one entity."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.dates import iso_date
from extractor.linking.nil import nil_id
from extractor.linking.ranking import (
    Candidates,
    Choice,
    rank_clusters,
)
from extractor.linking.weights import LinkingWeights, shipped_weights
from extractor.schema import Cluster, Document, Entity


def link_clusters(
    document: Document,
    clusters: Sequence[Cluster],
    candidates: Candidates,
    weights: LinkingWeights | None = None,
) -> tuple[Entity, ...]:
    """Return the document's entities.

    Args:
        document: the document.
        clusters: its clusters.
        candidates: for each of `names_to_look_up`, the entries of the index that may be meant.
        weights: the shipped ones by default.
    """
    choices = rank_clusters(document, clusters, candidates, weights or shipped_weights())
    entities: dict[str, Entity] = {}
    for cluster, choice in zip(clusters, choices, strict=True):
        entity = _entity(document, cluster, choice)
        known = entities.get(entity.id)
        entities[entity.id] = entity if known is None else _merged(known, entity)
    return tuple(entities.values())


def _entity(document: Document, cluster: Cluster, choice: Choice) -> Entity:
    best = choice.best
    if best is None:
        names = choice.mentioned
        value = iso_date(names[0]) if cluster.type == "TIME" else None
        return Entity(
            id=nil_id(document, cluster.type, names[0]),
            name=names[0],
            type=cluster.type,
            mentions=cluster.mentions,
            aliases=(*names[1:], value) if value and value not in names else names[1:],
        )
    return Entity(
        id=best.id,
        name=best.name,
        type=best.type,
        mentions=cluster.mentions,
        linked=True,
        kb_id=best.id.partition(":")[2],
        link_confidence=round(choice.confidence, 6),
        aliases=best.aliases,
        description=best.description,
    )


def _merged(one: Entity, other: Entity) -> Entity:
    """Return one entity with the mentions of both clusters and the surer link."""
    surer = max(one, other, key=lambda entity: (entity.link_confidence, entity.name))
    mentions = {(m.start, m.end, m.type): m for m in (*one.mentions, *other.mentions)}
    return Entity(
        id=surer.id,
        name=surer.name,
        type=surer.type,
        mentions=tuple(mentions[place] for place in sorted(mentions)),
        linked=surer.linked,
        kb_id=surer.kb_id,
        link_confidence=surer.link_confidence,
        aliases=tuple(sorted({one.name, *one.aliases, other.name, *other.aliases} - {surer.name})),
        description=surer.description,
    )
