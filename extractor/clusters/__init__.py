"""Mention -> Cluster: which mentions of a document name the same entity.

In the order of the data:

    groups.py      mentions -> groups of one type and one name, or one date
    pairs.py       groups -> the pairs that may be one entity; a demonym is not its place
    names.py       what speaks for a pair: words and letters of the two names
    places.py      ... and where they stand in the text
    features.py    ... together, and its products
    weights.py     features -> log-odds, learned by `extractor/training/clustering.py`
    merging.py     log-odds -> clusters
    clustering.py  all of this for one document
"""

from extractor.clusters.clustering import cluster_mentions
from extractor.clusters.weights import shipped_weights

__all__ = ["cluster_mentions", "shipped_weights"]
