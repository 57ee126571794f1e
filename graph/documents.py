"""What the graph remembers of documents: which it has, where they came from, which failed.

Ids begin with the name of their source, so a source's documents lie together in the index of ids
and are walked in its order, page after page, in constant memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from graph.foreign import refuse_taken
from graph.queries import Read, Stream
from graph.records import (
    CursorState,
    FailedDocument,
    FailureRecord,
    Known,
    RunInfo,
    SourceState,
    StaleDocument,
)
from graph.transaction import Transaction


def id_range(source: str, after: str = "") -> dict[str, str]:
    """Return the bounds, both excluded, of a source's document ids larger than `after`."""
    return {"after": max(after, f"{source}:"), "before": f"{source};"}  # ';' follows ':'


def known(read: Read, ids: Sequence[str]) -> dict[str, Known]:
    """Return those of the documents that the graph has."""
    return {
        record["id"]: Known(
            content_hash=record["content_hash"],
            config_hash=record["config_hash"],
            checkpoint=record["checkpoint"],
            index=record["index"],
        )
        for record in read("known_documents", rows=list(ids))
    }


def title_of(read: Read, document: str) -> str:
    """Return the title of a document; '' where the graph has none of it."""
    found = read("export_documents", rows=[document])
    return str(found[0]["props"].get("title", "")) if found else ""


def document_ids(read: Read, source: str, *, after: str, limit: int) -> list[tuple[str, str]]:
    """Return the next documents of a source with the index that held them, in the order of ids."""
    records = read("document_ids", **id_range(source, after), limit=limit)
    return [(record["id"], record["index"]) for record in records]


def mentioning(read: Read, entity: str, *, limit: int) -> list[str]:
    """Return some of the documents that mention an entity, in no order."""
    return [record["id"] for record in read("documents_mentioning", id=entity, limit=limit)]


def stale(
    stream: Stream, source: str, *, checkpoint: str, config_hash: str
) -> Iterator[StaleDocument]:
    """Yield the documents of a source that something else extracted, in no order."""
    bounds = id_range(source)
    for record in stream(
        "stale_documents", **bounds, checkpoint=checkpoint, config_hash=config_hash
    ):
        yield StaleDocument(**record)


def failures(read: Read, source: str, *, after: str, limit: int) -> list[FailedDocument]:
    """Return the next documents of a source that failed, in the order of ids."""
    records = read("read_failures", **id_range(source, after), limit=limit)
    return [_failure(record["failed"]) for record in records]


def count_failures(read: Read, source: str) -> int:
    """Return how many documents of a source failed."""
    return int(read("count_failures", **id_range(source))[0]["count"])


def sources(read: Read) -> list[SourceState]:
    """Return what is known of each source, by name."""
    found: dict[str, dict[str, Any]] = {}
    for record in read("count_by_source"):
        found.setdefault(record["source"], {})[record["what"]] = record["count"]
    for record in read("read_sources"):
        found.setdefault(record["source"], {})[record["what"]] = record["value"]
    return [SourceState(name=name, **known) for name, known in sorted(found.items())]


def failures_of(read: Read, ids: Sequence[str]) -> dict[str, FailedDocument]:
    """Return those of the documents that failed."""
    records = read("failures_of", rows=list(ids))
    return {record["failed"]["id"]: _failure(record["failed"]) for record in records}


def _failure(node: Mapping[str, Any]) -> FailedDocument:
    return FailedDocument(**{field.name: node[field.name] for field in fields(FailedDocument)})


def move_cursor(transaction: Transaction, source: str, state: CursorState) -> None:
    """Remember how far a source has been read.

    Raises:
        GraphRejected: a user's node has its key.
    """
    refuse_taken(transaction, "Cursor", [source])
    transaction.run("move_cursor", source=source, **asdict(state))


def record_failures(
    transaction: Transaction, failed: Iterable[FailureRecord], *, at: str, run: RunInfo
) -> None:
    """Remember failures; an error may quote text that cannot be sent.

    Raises:
        GraphRejected: a user's node has the id of one.
    """
    rows = [
        {
            "id": each.document,
            "stage": each.stage,
            "error": each.error.encode(errors="replace").decode(),
            "content_hash": each.content_hash,
            "index": each.index,
            "at": at,
            "run": run.id,
        }
        for each in failed
    ]
    refuse_taken(transaction, "FailedDocument", (row["id"] for row in rows))
    transaction.rows("record_failures", rows)
