"""`backfill`: extract again what an older checkpoint, or another configuration, extracted.

The graph itself says what is left: each document carries the checkpoint and the configuration that
extracted it. So a run may stop anywhere, at its budget or killed, and the next one goes on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas import State

from corpus.source import DocumentSource, Gone, Page, Record, id_of
from extractor.batches import batched
from flows.backfill.backfill_queue import Queue
from flows.components import components
from flows.errors import ListRejected
from flows.ingest.flow import ingest_pages
from flows.ingest.retries import all_failed, fetched_pages
from flows.params import BackfillParams
from flows.reports.artifacts import publish
from flows.reports.ingest_report import IngestReport
from flows.reports.monitoring import watched
from flows.run.context import SourceRun, open_run
from flows.run.prefect_state import ended
from flows.run.showing import show_table
from graph.client import Graph

DEFAULTS = BackfillParams()
FETCHED = 500
"""Documents that the source is asked for at once: files are read whole each time."""
PAGE = 32
"""Documents between two looks at the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """What a backfill came to."""

    extracted: IngestReport
    stale: int
    """Documents of the source that something else had extracted, before."""
    gone: int
    """Of those that were looked for, documents that the source no longer has."""
    adopted: int
    """Edges that another champion had written last, and that count this one first now."""
    checkpoints: dict[str, int]
    """Documents of the whole graph by checkpoint, after."""

    @property
    def left(self) -> int:
        """How many are still as they were."""
        return self.stale - self.extracted.counts.processed - self.extracted.counts.gone

    def stored(self) -> dict[str, int | float]:
        """Return the counts that the graph's Run keeps."""
        own = {"stale": self.stale, "left": self.left}
        further = {"gone_from_source": self.gone, "edges_settled": self.adopted}
        return {**self.extracted.stored(), **own, **further}


@flow(name="backfill", persist_result=False)
def backfill(params: BackfillParams = DEFAULTS) -> BackfillReport | State[BackfillReport]:
    """Extract stale documents again with the champion, most urgent first, within a budget."""
    with open_run("backfill", params) as run:
        graph = components().graph
        publish_checkpoints(graph.documents_by_checkpoint(), run.info.checkpoint)
        adopted = adopt_champion(run)
        with closing(queue(graph, run, params)) as stale:
            reading = Reading(run.source, graph, stale, minutes=params.minutes)
            with closing(reading.pages()) as pages:
                extracted = ingest_pages(
                    pages, run, expected=len(stale), limit=params.limit, force=True
                )
            report = BackfillReport(
                extracted=watched(extracted, run),
                stale=len(stale),
                gone=reading.gone,
                adopted=adopted,
                checkpoints=graph.documents_by_checkpoint(),
            )
        run.finish(report.extracted.outcome.state, report.stored())
        log(report)
    publish(report.extracted)
    publish_checkpoints(report.checkpoints, report.extracted.checkpoint)
    return ended(report.extracted.outcome.state, report.extracted.outcome.why, report)


def log(report: BackfillReport) -> None:
    """Log what a backfill came to."""
    get_run_logger().info(
        "backfill stale=%d processed=%d left=%d gone_from_source=%d checkpoint=%s",
        report.stale,
        report.extracted.counts.processed,
        report.left,
        report.gone,
        report.extracted.checkpoint,
    )


def adopt_champion(run: SourceRun) -> int:
    """Let all edges count the champion first, as they should at any time; return how many moved."""
    adopted = 0
    for written in run.writer.adopt_champion():
        adopted += written.edges_changed
        if run.interruption.requested():
            break
    return adopted


def queue(graph: Graph, run: SourceRun, params: BackfillParams) -> Queue:
    """Return the documents to extract again, in order; what failed before comes last."""
    first = ids_of(params.first) if params.first else iter(())
    stale = Queue(params.order)
    stale.add(graph.stale_documents(run.source.name, run=run.info))
    stale.put_first(first)
    # Else a few documents that fail every time could use up every budget.
    stale.put_last(each.id for each in all_failed(graph, run.source.name))
    return stale


def ids_of(path: Path) -> Iterator[str]:
    """Yield the ids that a file holds, one a line.

    Raises:
        ListRejected: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as file:
            yield from filter(None, map(str.strip, file))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ListRejected(f"list of documents {path} cannot be read: {why}") from error


class Reading:
    """Stale documents as they are in their source now, in order, until the time is up."""

    def __init__(
        self, source: DocumentSource, graph: Graph, stale: Queue, *, minutes: float | None
    ) -> None:
        self._source = source
        self._graph = graph
        self._stale = stale
        self._minutes = minutes
        self.gone = 0
        """Documents that the source has no more. Retracting them is left to `reconcile`: it looks
        first how many are gone, as an emptied index must not empty the graph."""

    def pages(self) -> Generator[Page, None, None]:
        """Yield the documents in pages of `PAGE`."""
        until = math.inf if self._minutes is None else time.monotonic() + 60 * self._minutes
        for ids in batched(self._stale, FETCHED):
            for page in fetched_pages(self._source, self._graph, ids):
                for records in batched(in_order(page.records, ids), PAGE):
                    if time.monotonic() >= until:
                        return
                    here = tuple(each for each in records if not isinstance(each, Gone))
                    self.gone += len(records) - len(here)
                    yield Page(records=here, position="")


def in_order(records: Iterable[Record], ids: Sequence[str]) -> list[Record]:
    """Return records in the order of ids: a source returns them in its own."""
    places = {id_: place for place, id_ in enumerate(ids)}
    return sorted(records, key=lambda record: places.get(id_of(record), len(places)))


def publish_checkpoints(documents: Mapping[str, int], champion: str) -> None:
    """Store the table of how many documents each checkpoint extracted."""
    rows = [
        {"checkpoint": name, "documents": count, "champion": "yes" if name == champion else ""}
        for name, count in documents.items()
    ]
    show_table("backfill-checkpoints", rows)
