"""`factloom forget`: erase one document, and look whether anything in the graph still names it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from flows.components import components
from graph.records import UpsertReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What erasing a document did."""

    document: str
    written: UpsertReport
    traces: Mapping[str, int]
    """Where something still names the document, and how often; all zero when it is gone."""
    in_source: bool | None
    """Whether the settings' source still has it; None where the document is another source's."""

    @property
    def complete(self) -> bool:
        """Whether nothing names the document any more."""
        return not any(self.traces.values())


def erase(document: str) -> Erasure:
    """Erase a document with all that only it supports; erasing it again does nothing."""
    parts = components()
    graph = parts.graph()
    written = graph.retract(
        [document],
        run=None,
        relations=parts.vocabulary(),
        champion=parts.champion_name(),
    )
    return Erasure(
        document=document,
        written=written,
        traces=graph.traces(document),
        in_source=_in_source(document),
    )


def _in_source(document: str) -> bool | None:
    """Return whether the source would bring the document back."""
    with closing(components().source()) as source:
        if not document.startswith(f"{source.name}:"):
            return None
        return source.missing({document: ""}).get(document, "") is not None
