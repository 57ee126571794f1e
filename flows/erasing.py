"""`factloom forget`: erase one document, and look whether anything in the graph still names it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from corpus.errors import CorpusError
from flows.components import components
from flows.runs import finish, reader_run, recorded_run
from graph.records import UpsertReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What erasing a document did."""

    document: str
    written: UpsertReport
    traces: Mapping[str, int]
    """Where something still names the document, and how often; all zero when it is gone."""
    in_source: bool | None
    """Whether the settings' source still has it; None where that cannot be told."""

    @property
    def complete(self) -> bool:
        """Whether nothing names the document any more."""
        return not any(self.traces.values())


def erase(document: str) -> Erasure:
    """Erase a document with all that only it supports; erasing it again does nothing."""
    parts = components()
    graph = parts.graph()
    run = reader_run("forget")
    # A run of its own: an ingest that has the document in hand may not write it afterwards.
    with recorded_run(run):
        written = graph.retract([document], run=run, relations=parts.vocabulary())
        finish(run, "Completed", {})
    return Erasure(
        document=document,
        written=written,
        traces=graph.traces(document),
        in_source=_in_source(document),
    )


def _in_source(document: str) -> bool | None:
    """Return whether the source would bring the document back."""
    try:
        with closing(components().source()) as source:
            if not document.startswith(f"{source.name}:"):
                return None
            return source.missing({document: ""}).get(document, "") is not None
    except CorpusError:
        return None  # what is erased is erased, whether or not the source answers
