"""Documents that failed: when they are tried again, and reading them from their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from corpus.records import DocumentSource, Gone, Page
from flows.batches import batched
from graph.records import FailedDocument, Known

LONGEST_WAIT = timedelta(days=7)
BATCH = 500


class FailureList(Protocol):
    """The documents that failed, as the graph lists them."""

    def failures(
        self, source: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[FailedDocument]:
        """Return those of a source whose id is larger than `after`, by id."""
        ...

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        """Return the documents that the graph has."""
        ...


def is_due(failed: FailedDocument, now: str) -> bool:
    """Tell whether a document that failed is tried again: at once, then after 1, 2, 4, ... hours.

    It never waits longer than a week.
    """
    if failed.attempts <= 1:
        return True
    wait = min(timedelta(hours=2.0 ** min(failed.attempts - 2, 10)), LONGEST_WAIT)
    return datetime.fromisoformat(failed.last_tried) + wait <= datetime.fromisoformat(now)


def all_failed(graph: FailureList, source: str) -> Iterator[FailedDocument]:
    """Yield all documents of a source that failed, by id."""
    after = ""
    while batch := graph.failures(source, after=after, limit=BATCH):
        yield from batch
        after = batch[-1].id


def due_pages(source: DocumentSource, graph: FailureList, now: str) -> Iterator[Page]:
    """Yield the documents that failed and are due, as they are in their source now."""
    due = (failed.id for failed in all_failed(graph, source.name) if is_due(failed, now))
    yield from fetched_pages(source, graph, due)


def fetched_pages(source: DocumentSource, graph: FailureList, ids: Iterable[str]) -> Iterator[Page]:
    """Yield documents by id; what the source no longer has comes as gone.

    Raises:
        SourceRejected: an index that held one of them exists, but cannot be looked into.
    """
    for batch in batched(ids, BATCH):
        records = tuple(source.fetch(batch))
        gone = [record.document for record in records if isinstance(record, Gone)]
        # Asked at their place, too: fetching does not know it, and an index may be closed.
        source.missing({id_: known.index for id_, known in graph.known(gone).items()})
        yield Page(records=records, position="")
