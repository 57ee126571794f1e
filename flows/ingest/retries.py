"""Documents that failed: when they are tried again, and reading them from their source."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from corpus.source import DocumentSource, Gone, Page
from extractor.batches import batched
from graph.model.records import FailedDocument

if TYPE_CHECKING:
    from graph.client import Graph

LONGEST_WAIT = timedelta(days=7)
BATCH = 500


def is_due(failed: FailedDocument, now: str) -> bool:
    """Tell whether a document that failed is tried again: at once, then after 1, 2, 4, ... hours.

    It never waits longer than a week.
    """
    if failed.attempts <= 1:
        return True
    wait = min(timedelta(hours=2.0 ** min(failed.attempts - 2, 10)), LONGEST_WAIT)
    return datetime.fromisoformat(failed.last_tried) + wait <= datetime.fromisoformat(now)


def all_failed(graph: Graph, source: str) -> Iterator[FailedDocument]:
    """Yield all documents of a source that failed, by id."""
    after = ""
    while batch := graph.failures(source, after=after, limit=BATCH):
        yield from batch
        after = batch[-1].id


def due_pages(source: DocumentSource, graph: Graph, now: str) -> Iterator[Page]:
    """Yield the documents that failed and are due, as they are in their source now."""
    due = (failed.id for failed in all_failed(graph, source.name) if is_due(failed, now))
    yield from fetched_pages(source, graph, due)


def fetched_pages(
    source: DocumentSource, graph: Graph, ids: Iterable[str]
) -> Generator[Page, None, None]:
    """Yield documents by id; what the source no longer has comes as gone.

    Raises:
        SourceRejected: an index that held one of them exists, but cannot be looked into.
    """
    for batch in batched(ids, BATCH):
        records = tuple(source.fetch(batch))
        # Asked at their places, too: fetching does not know them, and an index may be closed.
        nowhere(source, graph, [each.document for each in records if isinstance(each, Gone)])
        yield Page(records=records, position="")


def nowhere(source: DocumentSource, graph: Graph, ids: Sequence[str]) -> list[str]:
    """Return those of the documents, known or failed, that the source no longer has.

    One may have been written from an index and have failed in another since: both are asked.

    Raises:
        SourceRejected: an index that held one of them exists, but cannot be looked into.
    """
    written = {id_: each.index for id_, each in graph.known(ids).items()}
    failed = {id_: each.index for id_, each in graph.failures_of(ids).items()}
    absent = [source.missing(places) for places in (written, failed) if places]
    return sorted({id_ for each in absent for id_, index in each.items() if index is None})
