"""Isolating the documents that fail, so that the rest of their batch goes on. Pure."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from corpus.errors import CorpusError, SourceRejected, SourceUnavailable
from extractor.errors import DocumentRejected, ExtractorError
from graph.errors import GraphError, GraphUnavailable, Superseded

Item = TypeVar("Item")
Result = TypeVar("Result")

OURS = (CorpusError, ExtractorError, GraphError)
"""Errors whose messages we wrote: they name things and hold no document text."""
TRANSIENT = (SourceUnavailable, GraphUnavailable)
"""Errors of a service: tried again, and no document is to blame."""
NO_DOCUMENTS_FAULT = (*TRANSIENT, SourceRejected, Superseded)
"""Among them the entity index, whose credentials may have been revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A document that could not be processed."""

    document: str
    stage: str
    """'extract' or 'write'."""
    error: str


def isolate(
    items: Sequence[Item],
    act: Callable[[Sequence[Item]], Result],
    *,
    stage: str,
    document: Callable[[Item], str],
    raised: tuple[type[Exception], ...] = (),
) -> tuple[list[Result], list[Failure]]:
    """Act on all items; where that fails, on fewer, until those that fail stand alone.

    Args:
        items: What to act on; the order is kept.
        act: Must leave nothing behind when it raises.
        stage: Name of the stage, for the failures.
        document: Returns an item's document id.
        raised: Errors that no document is to blame for, such as those of a service.

    Returns:
        One result for each group that went through, and the failures.
    """
    if not items:
        return [], []
    failures: list[Failure] = []
    try:
        return [act(items)], []
    except raised:
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
        done, failed = isolate(part, act, stage=stage, document=document, raised=raised)
        results += done
        failures += failed
    return results, failures


def _culprit(documents: Sequence[str], error: Exception) -> int | None:
    """Return which document is to blame, None if only trying fewer can tell."""
    if isinstance(error, DocumentRejected) and error.document in documents:
        return documents.index(error.document)
    return 0 if len(documents) == 1 else None


def describe(error: Exception) -> str:
    """Return what went wrong, without any text of the document.

    The message of a foreign error may quote its input, so only its kind and its place are told.
    """
    if isinstance(error, DocumentRejected):
        return error.reason
    if isinstance(error, GraphError) and error.__cause__ is not None:
        cause = error.__cause__  # a driver's message may quote what it was given
        return f"{type(error).__name__}: {getattr(cause, 'code', None) or type(cause).__name__}"
    if isinstance(error, OURS):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
