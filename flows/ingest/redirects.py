"""Following the knowledge base: entities whose entry it has merged into another take that id.

The linked ids of the graph are walked in constant memory, and the entity index is asked for each
batch of them. Ids that it no longer has stay as they are, and are counted. No model runs.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from prefect import get_run_logger

from extractor.batches import batched
from extractor.schema import Candidate, linked_entity
from flows.components import components
from flows.run.context import Run
from graph.errors import GraphRejected
from graph.model.records import UpsertReport

WALK = 1_000
"""Ids in one question to the index."""
NOTHING = UpsertReport()


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What following the entity index came to."""

    linked: int = 0
    """Linked ids that the graph had."""
    absent: int = 0
    """Of these, ids that the index has no more; their entities stay."""
    refused: int = 0
    """Of these, ids whose new one the graph cannot hold; their entities stay."""
    written: UpsertReport = NOTHING


def follow_new_redirects(run: Run) -> Followed:
    """Follow the index where the graph has not yet followed this version of it."""
    parts = components()
    if run.dry_run or parts.graph.followed_index() == parts.entities.version:
        return Followed()
    return follow_redirects(run)


def follow_redirects(run: Run) -> Followed:
    """Let every entity whose id the index has merged into another take that one.

    Raises:
        SourceUnavailable: the index does not answer.
        GraphUnavailable: the graph does not.
    """
    parts = components()
    index, logger = parts.entities, get_run_logger()
    linked = absent = refused = 0
    written = UpsertReport()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for ids in batched(parts.graph.linked_ids(), WALK):
            found = index.get(ids)
            linked += len(ids)
            absent += len(set(ids) - found.keys())
            spool.writelines(f"{json.dumps(old)}\n" for old in ids if _merged(found, old))
        spool.seek(0)
        for old, entry in _entries(map(json.loads, spool)):
            try:
                changed = run.writer.rekey(old, linked_entity(entry))
            except GraphRejected as error:
                logger.warning("not followed: %s", error)
                refused += 1
            else:
                written = UpsertReport.total([written, changed])
    run.writer.set_followed_index(index.version)
    logger.info(
        "followed index=%s linked=%d rekeyed=%d absent=%d refused=%d",
        *(index.version, linked, written.entities_rekeyed, absent, refused),
    )
    return Followed(linked=linked, absent=absent, refused=refused, written=written)


def _merged(found: dict[str, Candidate], id_: str) -> bool:
    return id_ in found and found[id_].id != id_


def _entries(merged: Iterator[str]) -> Iterator[tuple[str, Candidate]]:
    """Yield merged ids with the entries that they became."""
    for ids in batched(merged, WALK):
        found = components().entities.get(ids)
        yield from ((old, found[old]) for old in ids if _merged(found, old))
