"""The nightly flow: bring the graph up to date with a source of documents."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from uuid import UUID

from prefect import flow
from prefect.client.schemas import State

from corpus.records import Page
from flows.artifacts import publish
from flows.components import components
from flows.edges import doubt, strength
from flows.ending import ended
from flows.extraction.ahead import extracted_ahead, in_hand
from flows.extraction.executor import chosen_executor
from flows.failures import due_pages
from flows.logs import batch_of
from flows.monitoring import new_edges, watched
from flows.params import IngestParams
from flows.planning import plan
from flows.progress import ProgressArtifact
from flows.records import Counts
from flows.redirects import follow_new_redirects
from flows.report import IngestReport
from flows.retraction import Retractions, allowance, retract_all
from flows.run import SourceRun, now, open_run
from flows.writing import write_batch
from graph.records import CursorState

DEFAULTS = IngestParams()


@flow(name="ingest", persist_result=False)
def ingest(params: IngestParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read what is new or changed, extract it batch by batch, and write it to the graph."""
    with open_run("ingest", params, raw=params.raw, dry_run=params.dry_run) as run:
        followed = Counts() if run.dry_run else Counts.of_writing(follow_new_redirects(run).written)
        position = "" if run.dry_run or params.everything else start(run)
        # A whole reading meets what failed before, if it is still there.
        due = due_pages(run.source, components().graph, now()) if position else iter(())
        with closing(run.source.pages(position)) as pages:
            report = process(
                chain(due, pages),
                run,
                expected=run.source.expected(position),
                size=params.batch_documents,
                limit=params.limit,
                max_retracted_share=params.max_retracted_share,
            )
        report = watched(replace(report, counts=followed + report.counts), run)
        run.finish(report.state, report.stored())
    publish(report)
    return ended(report.state, report.why, report)


def start(run: SourceRun) -> str:
    """Return how far a source was read; empty, and so from its beginning, under another config."""
    cursor = components().graph.cursor(run.source.name)
    return cursor.position if cursor and cursor.config_hash == run.info.config_hash else ""


def process(
    pages: Iterator[Page],
    run: SourceRun,
    *,
    expected: int,
    size: int | None = None,
    limit: int | None = None,
    force: bool = False,
    max_retracted_share: float | None = None,
) -> IngestReport:
    """Take what pages hold through every stage, until none is left or somebody interrupts.

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
        max_retracted_share: of the source's documents, if not the settings'.
    """
    parts, info, asked = components(), run.info, run.interruption
    settings, vocabulary = parts.settings.run, parts.vocabulary()
    allowed = allowance(settings, max_retracted_share)
    report = IngestReport(
        run=info.id,
        flow=info.flow,
        source=run.source.name,
        checkpoint=info.checkpoint,
        max_failed_share=settings.max_failed_share,
    )
    artifact = ProgressArtifact(f"{info.flow}-progress")
    total = expected if limit is None else min(expected, limit)
    started = time.monotonic()
    with (
        closing(Retractions()) as retractions,
        chosen_executor(
            UUID(info.id), dry_run=run.dry_run, stopped=lambda: asked.asked
        ) as executor,
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
        closing(extracted_ahead(planned, executor, info, asked.requested)) as batches,
    ):
        for batch in batches:
            if batch is None:
                report = replace(report, interrupted=True)
                break
            with batch_of(batch.number):
                if batch.retracting and not run.dry_run:
                    done = retract_all(batch, retractions, run, allowed)
                else:
                    done = write_batch(batch, run)
                if done.position and not (run.dry_run or done.refusal):
                    move_cursor(done.position, run)
            report = report.with_batch(done, vocabulary)
            artifact.show(report.progress(total))
        else:
            artifact.complete()
    report = replace(report, elapsed=time.monotonic() - started)
    if run.dry_run:
        return report.with_edges(report.strongest, report.doubtful)
    return report.with_edges(
        new_edges(info, report.strongest, strength), new_edges(info, report.doubtful, doubt)
    )


def move_cursor(position: str, run: SourceRun) -> None:
    """Remember how far the source has been read."""
    state = CursorState(position=position, config_hash=run.info.config_hash)
    run.writer.move_cursor(run.source.name, state)
