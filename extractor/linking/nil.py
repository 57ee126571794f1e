"""Ids of entities that the entity index does not have."""

from __future__ import annotations

import hashlib

from extractor.dates import iso_date
from extractor.names import comparable_name
from extractor.schema import VALUE_TYPES, Document


def nil_id(document: Document, cluster_type: str, name: str) -> str:
    """Return a NIL entity's id; its scope is the document for people and for names of one token.

    Times, numbers and names of several tokens mean the same in every document; every spelling of a
    date has one id.
    """
    folded = (cluster_type == "TIME" and iso_date(name)) or comparable_name(name)
    everywhere = cluster_type in VALUE_TYPES or (cluster_type != "PER" and " " in folded)
    scope = "" if everywhere else document.id
    return _hashed(cluster_type, folded, scope)


def namesake_id(document: Document, id_: str, number: int) -> str:
    """Return the id of the document's `number`-th entity beside the one that has this id."""
    return _hashed(id_, document.id, str(number))


def _hashed(*parts: str) -> str:
    key = "\x1f".join(parts)
    return f"nil:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"
