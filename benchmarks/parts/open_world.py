"""Linked documents in an open world: an index lacks most of what they name.

It holds Wikidata's items of the starter index and towns, so that names without an entry meet near
ones.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.parts.linked_data import named_entries, with_candidates
from benchmarks.parts.linking_training import LinkedDocument
from benchmarks.parts.worlds import WORLDS, places, starter_entries, thinned
from extractor.datasets.docred import read_docred

EVERY = 20
"""Of so many places of GeoNames one is in the index, from the largest to the smallest."""


def linked_docred(data: Path) -> list[LinkedDocument]:
    """Return the 200 documents of linked DocRED twice.

    Once with the starter index, which holds four of ten of their entities; once with what the
    documents of other parts call the rest beside it, in a world by part.
    """
    documents = read_docred(data / "linked-docred" / "docs_with_qids.json")
    starter = starter_entries()
    known = [*starter, *places(starter)[::EVERY]]
    linked = with_candidates(documents, known)
    for part, tenths in enumerate(WORLDS):
        own = [item for n, item in enumerate(documents) if n % len(WORLDS) == part]
        others = [item for n, item in enumerate(documents) if n % len(WORLDS) != part]
        ids = {entry.id for entry in known}
        named = [entry for entry in named_entries(others) if entry.id not in ids]
        linked += with_candidates(own, thinned([*known, *named], tenths))
    return linked
