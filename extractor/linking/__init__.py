"""Cluster -> Entity: linked to an entry of the entity index, or NIL.

ranking.py    clusters and candidates -> entities
nil.py        ids of entities that the index does not have
"""

from extractor.linking.nil import UNLINKABLE, nil_id
from extractor.linking.ranking import link_clusters, surface_forms

__all__ = ["UNLINKABLE", "link_clusters", "nil_id", "surface_forms"]
