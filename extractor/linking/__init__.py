"""Cluster -> Entity: linked to an entry of the entity index, or NIL.

In the order of the data:

    abbreviations.py   the document's own: 'acute renal failure (ARF)'
    names.py           what is compared of a name
    features.py        what speaks for a candidate, as numbers
    ranking.py         clusters and candidates -> candidates by likelihood, in two passes
    confidence.py      scores -> probabilities
    nil.py             ids of entities that the index does not have
    entities.py        the choices -> entities

`weights.py` reads the learned numbers, `weights.json`; `benchmarks/training/linking_weights.py`
makes them.
"""

from extractor.linking.entities import link_clusters
from extractor.linking.nil import nil_id
from extractor.linking.ranking import (
    LINK_ABOVE,
    MOST_CANDIDATES,
    Choice,
    mentioned_names,
    names_to_look_up,
    rank_clusters,
)
from extractor.linking.weights import LinkingWeights, read_weights, shipped_weights

__all__ = [
    "LINK_ABOVE",
    "MOST_CANDIDATES",
    "Choice",
    "LinkingWeights",
    "link_clusters",
    "mentioned_names",
    "names_to_look_up",
    "nil_id",
    "rank_clusters",
    "read_weights",
    "shipped_weights",
]
