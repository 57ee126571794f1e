"""The nightly flow: bring the graph up to date with a source of documents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain

from prefect import flow
from prefect.client.schemas import State

from corpus.source import Page
from flows.components import components
from flows.ingest.ahead import extracted_ahead, in_hand
from flows.ingest.executor import chosen_executor
from flows.ingest.planning import plan
from flows.ingest.redirects import follow_new_redirects
from flows.ingest.retraction import Retractions
from flows.ingest.retries import due_pages
from flows.ingest.statuses import follow_setting
from flows.ingest.writing import retract_all, write_batch
from flows.logs import batch_of
from flows.params import IngestParams
from flows.records import Counts
from flows.reports.artifacts import publish
from flows.reports.ingest_report import IngestReport
from flows.reports.monitoring import watched, with_new_edges
from flows.run.context import SourceRun, now, open_run
from flows.run.prefect_state import ended
from flows.run.progress import Progress, ProgressArtifact
from graph.model.records import CursorState

DEFAULTS = IngestParams()


@flow(name="ingest", persist_result=False)
def ingest(params: IngestParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read what is new or changed, extract it batch by batch, and write it to the graph."""
    with open_run("ingest", params, raw=params.raw, dry_run=params.dry_run) as run:
        followed = follow_new_redirects(run)
        position = "" if run.dry_run or params.everything else start_position(run)
        # A whole reading meets what failed before, if it is still there.
        due = due_pages(run.source, components().graph, now()) if position else iter(())
        with closing(run.source.pages(position)) as pages:
            report = ingest_pages(
                chain(due, pages),
                run,
                expected=run.source.expected(position),
                size=params.batch_documents,
                limit=params.limit,
            )
        counts = Counts.of_writing(followed.written) + report.counts
        report = watched(replace(report, counts=counts), run)
        run.finish(report.outcome.state, report.stored())
    publish(report)
    return ended(report.outcome.state, report.outcome.why, report)


def start_position(run: SourceRun) -> str:
    """Return how far a source was read; empty, and so from its beginning, under another config."""
    cursor = components().graph.cursor(run.source.name)
    return cursor.position if cursor and cursor.config_hash == run.info.config_hash else ""


def ingest_pages(
    pages: Iterator[Page],
    run: SourceRun,
    *,
    expected: int,
    size: int | None = None,
    limit: int | None = None,
    force: bool = False,
) -> IngestReport:
    """Take what pages hold through every stage, until none is left or somebody interrupts.

    Before that, edges follow a setting that has changed.
    Batches are read and extracted while the ones before them are written; one thread writes, in
    the order of reading. What is to be retracted is retracted last, all of it or nothing; a run
    that is interrupted leaves it to the next, whose reading begins before the first of it.

    Args:
        pages: of the source.
        run: over it.
        expected: about how many records there are.
        size: documents in a batch, if not the settings'.
        limit: read so many documents at most.
        force: also what the graph has as it is, and what is not due.
    """
    parts, info, interruption = components(), run.info, run.interruption
    champion, started = parts.counted_first(), time.monotonic()
    report = IngestReport.of(info, max_failed_share=parts.settings.run.max_failed_share)
    report = replace(report, counts=Counts.of_writing(follow_setting(run)))
    artifact = ProgressArtifact(f"{info.flow}-progress")
    total = expected if limit is None else min(expected, limit)
    with (
        closing(Retractions()) as retractions,
        chosen_executor(run) as executor,
        closing(
            plan(
                pages,
                None if run.dry_run else parts.graph,
                retractions,
                config_hash=info.config_hash,
                checkpoint=info.checkpoint,
                now=now(),
                size=size or executor.documents,
                limit=limit,
                force=force,
                unwritten=0 if run.dry_run else in_hand(executor) - 1,  # it leaves none to retract
                left_out=parts.left_out,
            )
        ) as planned,
        closing(extracted_ahead(planned, executor, info, interruption.requested)) as extracted,
    ):
        for batch in extracted:
            if batch is None:
                report = replace(report, interrupted=True)
                break
            with batch_of(batch.number):
                if batch.retracting and not run.dry_run:
                    written = retract_all(batch, retractions, run)
                else:
                    written = write_batch(batch, run)
                if written.position and not (run.dry_run or written.refusal):
                    state = CursorState(position=written.position, config_hash=info.config_hash)
                    run.writer.move_cursor(run.source.name, state)
            report = report.with_batch(written, champion)
            note, done = f"{report.counts.statements} statements", report.counts.done
            artifact.show(Progress(done=done, total=max(done, total), unit="documents", note=note))
        else:
            artifact.complete()
    elapsed = time.monotonic() - started
    return with_new_edges(replace(report, elapsed=elapsed, unread=run.source.unread()), run)
