"""The clusters of one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from extractor.clusters.features import PairReader
from extractor.clusters.groups import group_mentions, text_order
from extractor.clusters.merging import contract
from extractor.clusters.pairs import possible_pairs
from extractor.clusters.weights import ClusteringWeights, shipped_weights
from extractor.schema import Cluster, Mention


def cluster_mentions(
    text: str, mentions: Sequence[Mention], weights: ClusteringWeights | None = None
) -> tuple[Cluster, ...]:
    """Return the clusters of a document in the order of their first mention.

    Args:
        text: of the document.
        mentions: in any order.
        weights: the shipped ones by default.
    """
    weights = weights or shipped_weights()
    groups = group_mentions(text, mentions)
    pairs = possible_pairs(text, groups)
    reader = PairReader(text, groups, pairs)
    scores = {
        (one, other): weights.log_odds(
            groups[one].type, groups[other].type, reader.read(one, other)
        )
        for one, other in pairs
    }
    members: defaultdict[int, list[Mention]] = defaultdict(list)
    for group, owner in zip(groups, contract(len(groups), scores), strict=True):
        members[owner] += group.mentions
    clusters = (Cluster.of(sorted(found, key=text_order)) for found in members.values())
    return tuple(sorted(clusters, key=lambda cluster: text_order(cluster.mentions[0])))
