"""What planning asks of the graph, and what a dry run asks instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from graph.records import FailedDocument, Known


class Memory(Protocol):
    """What the graph remembers of documents."""

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        """Return the documents that it has."""
        ...

    def failures_of(self, ids: Sequence[str]) -> Mapping[str, FailedDocument]:
        """Return the documents that failed last time."""
        ...


class NoMemory:
    """Knows nothing: for a dry run."""

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        """Return nothing."""
        return {}

    def failures_of(self, ids: Sequence[str]) -> Mapping[str, FailedDocument]:
        """Return nothing."""
        return {}
