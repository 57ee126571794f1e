"""Choices -> entities; clusters that link to one id become one entity.

So do clusters of one name that no entry has, unless the document brings its clusters: then two that
are called John Smith stay two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractor.dates import iso_date
from extractor.linking.nil import namesake_id, nil_id
from extractor.linking.ranking import LINK_ABOVE, Candidates, Choice, rank_clusters
from extractor.linking.weights import LinkingWeights, shipped_weights
from extractor.names import fullest_first, without_article
from extractor.schema import VALUE_TYPES, Cluster, Document, Entity, linked_entity


def link_clusters(
    document: Document,
    clusters: Sequence[Cluster],
    candidates: Candidates,
    weights: LinkingWeights | None = None,
    link_above: float = LINK_ABOVE,
) -> tuple[Entity, ...]:
    """Return the document's entities.

    Args:
        document: the document.
        clusters: its clusters.
        candidates: for each of `names_to_look_up`, the entries of the index that may be meant.
        weights: the shipped ones by default.
        link_above: confidence from which a link is written.
    """
    choices = rank_clusters(
        document, clusters, candidates, weights or shipped_weights(), link_above
    )
    entities = [
        _entity(document, cluster, choice)
        for cluster, choice in zip(clusters, choices, strict=True)
    ]
    if document.clusters:
        entities = _kept_apart(document, entities)
    found: defaultdict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        found[entity.id].append(entity)
    return tuple(same[0] if len(same) == 1 else _merged(same) for same in found.values())


def _entity(document: Document, cluster: Cluster, choice: Choice) -> Entity:
    confidence = round(choice.confidence, 6)
    if choice.best:
        return linked_entity(choice.best, cluster.mentions, confidence)
    written, doubtful = choice.mentioned[0], choice.doubtful
    names = tuple(fullest_first(map(without_article, choice.mentioned)))
    value = iso_date(written) if cluster.type == "TIME" else None
    return Entity(
        id=nil_id(document, cluster.type, written),
        name=names[0],
        type=cluster.type,
        mentions=cluster.mentions,
        candidate=doubtful.id if doubtful else "",
        candidate_confidence=confidence if doubtful else 0.0,
        aliases=(*names[1:], value) if value and value not in names else names[1:],
    )


def _kept_apart(document: Document, entities: Sequence[Entity]) -> list[Entity]:
    """Return entities of clusters that people made, those of one name under ids of their own.

    The first in the text keeps the id that it has alone. Equal times and numbers are one value.
    """
    in_text = sorted(
        entities, key=lambda entity: (entity.mentions[0].start, entity.mentions[0].end)
    )
    met: Counter[str] = Counter()
    found = []
    for entity in in_text:
        number = met[entity.id]
        if number and not entity.linked and entity.type not in VALUE_TYPES:
            found.append(replace(entity, id=namesake_id(document, entity.id, number)))
        else:
            found.append(entity)
        met[entity.id] += 1
    return found


def _merged(same: Sequence[Entity]) -> Entity:
    """Return one entity with the mentions of all clusters, the surest link or candidate."""
    surest = max(same, key=lambda entity: (entity.link_confidence, entity.name))
    doubtful = min(same, key=lambda entity: (-entity.candidate_confidence, entity.candidate))
    mentions = {(m.start, m.end, m.type): m for entity in same for m in entity.mentions}
    names = {name for entity in same for name in (entity.name, *entity.aliases)}
    return replace(
        surest,
        mentions=tuple(mentions[place] for place in sorted(mentions)),
        candidate=doubtful.candidate,
        candidate_confidence=doubtful.candidate_confidence,
        aliases=tuple(sorted(names - {surest.name})),
    )
