"""Adopting a champion or a setting: every edge becomes what its evidence says under them.

Every transaction leaves the edges that it touches as its champion and its setting would have them.
Another of either makes others wrong. Another champion only those that have evidence of both, of
which each has a document on either side: it is enough to visit the documents of the smaller one:
none, for a checkpoint that has extracted nothing yet. Another probability from which edges are
asserted concerns them all, and so does a graph of version 0.1, whose evidence tells nothing of
links: its documents' mentions do.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from extractor.batches import batched
from graph.driver.connection import Connection
from graph.driver.transaction import Transaction
from graph.model.entities import confidence
from graph.model.records import Champion, UpsertReport
from graph.writing.documents import evidence_of, recompute
from graph.writing.entities import stored_entities


def sides_of(connection: Connection, champion: str) -> tuple[bool, ...]:
    """Return whose documents another champion asks for: its own (True), all others, or none."""
    own = smaller_side(connection.read("count_by_checkpoint"), champion)
    return () if own is None else (own,)


def documents_to_visit(
    connection: Connection, champion: str, sides: Iterable[bool], *, size: int
) -> Iterator[list[str]]:
    """Yield the documents of some sides, some at a time; all are read first."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for own in sides:
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
    _complete_evidence(transaction, ids)
    keys = set(evidence_of(transaction, ids).values())
    return recompute(transaction, set(), keys, champion)


def forget_adopted(transaction: Transaction, champion: Champion) -> None:
    """Forget what all edges followed, where that is not this champion, or another setting."""
    transaction.run("forget_adopted", champion=champion.name, assert_above=champion.assert_above)


def _complete_evidence(transaction: Transaction, documents: Sequence[str]) -> None:
    """Give the evidence that version 0.1 wrote the confidence of its links."""
    evidence = transaction.rows("read_evidence_without_links", documents)
    if not evidence:
        return
    mentions = transaction.rows("export_mentions", sorted({row["document"] for row in evidence}))
    nodes = stored_entities(transaction, {row["entity"] for row in mentions})
    sure = {
        (row["document"], row["entity"]): confidence(
            linked=nodes[row["entity"]]["linked"], link_confidence=row["props"]["link_confidence"]
        )
        for row in mentions
    }
    rows = [
        {
            "id": row["id"],
            "link_confidence": sure[row["document"], row["head"]]
            * sure[row["document"], row["tail"]],
        }
        for row in evidence
    ]
    transaction.write("update_evidence", rows)
