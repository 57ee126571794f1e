"""Isolating the documents that fail, so that the rest of their batch goes on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from corpus.errors import SourceRejected, SourceUnavailable
from extractor.errors import DocumentRejected, Stopped
from flows.records import Failure
from flows.redaction import describe
from graph.errors import GraphUnavailable, Superseded

Item = TypeVar("Item")
Result = TypeVar("Result")

TRANSIENT = (SourceUnavailable, GraphUnavailable)
"""Errors of a service: tried again, and no document is to blame."""
NO_DOCUMENTS_FAULT = (*TRANSIENT, SourceRejected, Superseded, Stopped)
"""Among them the entity index, whose credentials may have been revoked, and a stop asked for."""


def isolate(
    items: Sequence[Item],
    act: Callable[[Sequence[Item]], Result],
    *,
    stage: str,
    document: Callable[[Item], str],
) -> tuple[list[Result], list[Failure]]:
    """Act on all items; where that fails, on fewer, until those that fail stand alone.

    Args:
        items: What to act on; the order is kept.
        act: Must leave nothing behind when it raises.
        stage: Name of the stage, for the failures.
        document: Returns an item's document id.

    Returns:
        One result for each group that went through, and the failures.
    """
    if not items:
        return [], []
    failures: list[Failure] = []
    try:
        return [act(items)], []
    except NO_DOCUMENTS_FAULT:
        raise
    except Exception as error:
        at = _culprit([document(item) for item in items], error)
        if at is None:
            middle = len(items) // 2
            parts = [items[:middle], items[middle:]]
        else:
            culprit = document(items[at])
            failures.append(Failure(document=culprit, stage=stage, error=describe(error)))
            parts = [[*items[:at], *items[at + 1 :]]]
    results: list[Result] = []
    for part in parts:
        done, failed = isolate(part, act, stage=stage, document=document)
        results += done
        failures += failed
    return results, failures


def _culprit(documents: Sequence[str], error: Exception) -> int | None:
    """Return which document is to blame, None if only trying fewer can tell."""
    if isinstance(error, DocumentRejected) and error.document in documents:
        return documents.index(error.document)
    return 0 if len(documents) == 1 else None
