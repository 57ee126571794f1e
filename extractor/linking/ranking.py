"""Cluster -> Entity: linked to an entry of the entity index, or NIL.

A candidate must share a name with the cluster and may not contradict its type. The best sum of type
agreement, popularity and words that its description shares with the document wins; ties go to the
smaller id. The confidence is its share among the candidates, exp(score) / sum exp(score): a rank,
not a calibrated probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from extractor.linking.nil import UNLINKABLE, nil_id
from extractor.names import comparable_name, fold_name
from extractor.schema import INTERCHANGEABLE_TYPES, Candidate, Cluster, Document, Entity

CONTEXT_WEIGHT = 4.0
POPULARITY_WEIGHT = 0.25
OTHER_TYPE_PENALTY = 1.0
COMMON_WORDS = frozenset(
    {"the", "of", "and", "in", "a", "an", "for", "to", "from", "by", "on", "at", "with", "its"}
)


def surface_forms(document: Document, cluster: Cluster) -> tuple[str, ...]:
    """Return the cluster's distinct names, the longest first."""
    names = {document.text[mention.start : mention.end] for mention in cluster.mentions}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def link_clusters(
    document: Document,
    clusters: Sequence[Cluster],
    candidates: Mapping[str, Sequence[Candidate]],
) -> tuple[Entity, ...]:
    """Return the document's entities; clusters that link to one id become one entity.

    Args:
        document: the document.
        clusters: its clusters.
        candidates: for each surface form, the entries of the index that may be meant.
    """
    context = frozenset(fold_name(f"{document.title} {document.text}").split())
    entities: dict[str, Entity] = {}
    for cluster in clusters:
        entity = _link(document, cluster, candidates, context)
        known = entities.get(entity.id)
        if known is None:
            entities[entity.id] = entity
        else:
            entities[entity.id] = _merged(known, entity)
    return tuple(entities.values())


def _link(
    document: Document,
    cluster: Cluster,
    candidates: Mapping[str, Sequence[Candidate]],
    context: frozenset[str],
) -> Entity:
    names = surface_forms(document, cluster)
    scores = {} if cluster.type in UNLINKABLE else _scores(cluster.type, names, candidates, context)
    if not scores:
        return Entity(
            id=nil_id(document, cluster.type, names[0]),
            name=names[0],
            type=cluster.type,
            mentions=cluster.mentions,
            aliases=names[1:],
        )
    best = min(scores, key=lambda candidate: (-scores[candidate], candidate.id))
    total = sum(math.exp(score - scores[best]) for score in scores.values())
    return Entity(
        id=best.id,
        name=best.name,
        type=best.type,
        mentions=cluster.mentions,
        linked=True,
        kb_id=best.id.partition(":")[2],
        link_confidence=round(1 / total, 6),
        aliases=best.aliases,
        description=best.description,
    )


def _scores(
    type_: str,
    names: Sequence[str],
    candidates: Mapping[str, Sequence[Candidate]],
    context: frozenset[str],
) -> dict[Candidate, float]:
    own_words = frozenset(word for name in names for word in fold_name(name).split())
    scores: dict[Candidate, float] = {}
    for name in names:
        folded = comparable_name(name)
        for candidate in candidates.get(name, ()):
            if candidate.type != type_ and not {candidate.type, type_} <= INTERCHANGEABLE_TYPES:
                continue
            known = {comparable_name(known) for known in (candidate.name, *candidate.aliases)}
            if folded in known:
                scores[candidate] = _context_score(candidate, type_, context - own_words)
    return scores


def _context_score(candidate: Candidate, type_: str, context: frozenset[str]) -> float:
    described = _content_words(candidate.description)
    shared = len(described & context) / len(described) if described else 0.0
    return (
        CONTEXT_WEIGHT * shared
        + POPULARITY_WEIGHT * math.log1p(candidate.popularity)
        - OTHER_TYPE_PENALTY * (candidate.type != type_)
    )


def _content_words(description: str) -> frozenset[str]:
    return frozenset(fold_name(description).split()) - COMMON_WORDS


def _merged(one: Entity, other: Entity) -> Entity:
    """Return one entity with the mentions of both clusters and the surer link."""
    surer = max(one, other, key=lambda entity: entity.link_confidence)
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
