"""Choices -> entities; clusters that link to one id become one entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractor.dates import iso_date
from extractor.linking.nil import nil_id
from extractor.linking.ranking import Candidates, Choice, rank_clusters
from extractor.linking.weights import LinkingWeights, shipped_weights
from extractor.names import fullest_first, without_article
from extractor.schema import Cluster, Document, Entity, linked_entity


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
    found: defaultdict[str, list[Entity]] = defaultdict(list)
    for cluster, choice in zip(clusters, choices, strict=True):
        entity = _entity(document, cluster, choice)
        found[entity.id].append(entity)
    return tuple(same[0] if len(same) == 1 else _merged(same) for same in found.values())


def _entity(document: Document, cluster: Cluster, choice: Choice) -> Entity:
    best = choice.best
    if best is None:
        written = choice.mentioned[0]
        names = tuple(fullest_first(map(without_article, choice.mentioned)))
        value = iso_date(written) if cluster.type == "TIME" else None
        return Entity(
            id=nil_id(document, cluster.type, written),
            name=names[0],
            type=cluster.type,
            mentions=cluster.mentions,
            aliases=(*names[1:], value) if value and value not in names else names[1:],
        )
    return linked_entity(best, cluster.mentions, round(choice.confidence, 6))


def _merged(same: Sequence[Entity]) -> Entity:
    """Return one entity with the mentions of all clusters and the surest link."""
    surest = max(same, key=lambda entity: (entity.link_confidence, entity.name))
    mentions = {(m.start, m.end, m.type): m for entity in same for m in entity.mentions}
    names = {name for entity in same for name in (entity.name, *entity.aliases)}
    return replace(
        surest,
        mentions=tuple(mentions[place] for place in sorted(mentions)),
        aliases=tuple(sorted(names - {surest.name})),
    )
