"""Adopting a champion: making edges count it first that do not count it yet.

Every transaction leaves the edges that it touches as its champion would have them. Another champion
makes others wrong: where an edge has evidence of both, the margin is still that of the one before.
Such an edge has a document on either side, so it is enough to visit the documents of the smaller
one: none, for a checkpoint that has extracted nothing yet.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from extractor.batches import batched
from graph.driver.connection import Connection
from graph.driver.transaction import Transaction
from graph.model.records import Champion, UpsertReport
from graph.writing.documents import evidence_of, recompute


def documents_to_visit(connection: Connection, champion: str, *, size: int) -> Iterator[list[str]]:
    """Yield the documents of the smaller side, some at a time; all are read first."""
    own = smaller_side(connection.read("count_by_checkpoint"), champion)
    if own is None:
        return
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for record in connection.stream("documents_by_side", checkpoint=champion, own=own):
            spool.write(json.dumps(record["id"]) + "\n")
        spool.seek(0)
        yield from batched(map(json.loads, spool), size)


def smaller_side(by_checkpoint: Iterable[Mapping[str, Any]], champion: str) -> bool | None:
    """Return whether the champion extracted fewer documents than all others; None: all or none."""
    counts = {row["checkpoint"]: row["count"] for row in by_checkpoint}
    own = counts.pop(champion, 0)
    others = sum(counts.values())
    return own <= others if own and others else None


def recompute_documents(
    transaction: Transaction, ids: Sequence[str], champion: Champion
) -> UpsertReport:
    """Recompute the edges that documents support."""
    keys = set(evidence_of(transaction, ids).values())
    return recompute(transaction, set(), keys, champion)


def forget_other_champion(transaction: Transaction, champion: str) -> None:
    """Forget which champion all edges count first, where that is not this one."""
    transaction.run("forget_other_champion", champion=champion)
