"""Taking work through every stage, batch by batch; `ingest` and `replay` share it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.utilities.annotations import quote

from corpus.records import Page
from extractor.schema import Document
from flows.components import components
from flows.extraction.ahead import Extracted, Submit, extracted_ahead
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place, chosen_place
from flows.findings import findings
from flows.interruption import Interruption
from flows.logs import batch_of
from flows.preview import statement_edges
from flows.progress import Progress, ProgressArtifact
from flows.ranking import doubt, strength
from flows.report import BatchReport, IngestReport, Tally
from flows.runs import now
from flows.steps import extract, write
from flows.watching import new_edges
from flows.work import NoMemory, Work, plan
from graph.records import CursorState, RunInfo, UpsertReport

Item = TypeVar("Item")
DONE = ("unchanged", "processed", "failed", "waiting", "foreign")


@contextmanager
def closed(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """Close a generator at the end of the context, however that comes: what reads ahead stops."""
    try:
        yield items
    finally:
        if isinstance(items, Generator):
            items.close()


def process(
    source: str,
    pages: Iterator[Page],
    run: RunInfo,
    interruption: Interruption,
    *,
    expected: int,
    size: int | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    force: bool = False,
) -> IngestReport:
    """Take what pages hold through every stage, until none is left or somebody interrupts.

    Batches are read and extracted while the ones before them are written; one thread writes, in
    the order of reading.

    Args:
        source: its name.
        pages: of the source.
        run: who writes.
        interruption: asked before each batch is written.
        expected: about how many records there are.
        size: documents in a batch, if not the settings'.
        limit: read so many documents at most.
        dry_run: write nothing.
        force: also what the graph has as it is, and what is not due.
    """
    artifact = ProgressArtifact(f"{run.flow}-progress")
    tally = Tally()
    total = expected if limit is None else min(expected, limit)
    interrupted = False
    with chosen_place(UUID(run.id), dry_run=dry_run) as place:
        works = plan(
            pages,
            NoMemory() if dry_run else components().graph(),
            config_hash=run.config_hash,
            checkpoint=run.checkpoint,
            now=now(),
            size=size or place.documents,
            limit=limit,
            force=force,
            unwritten=place.ahead - 1,
            left_out=components().left_out,
        )
        with closed(works), closed(extracted_ahead(works, place, _submit(place), run)) as batches:
            for number, batch in enumerate(batches, start=1):
                if interrupted := interruption.requested():
                    break
                with batch_of(number):
                    tally.add(process_batch(source, batch, run, dry_run=dry_run))
                done = sum(tally[count] for count in DONE)
                note = f"{tally['statements']} statements"
                artifact.show(
                    Progress(done=done, total=max(done, total), unit="documents", note=note)
                )
    return tally.report(
        run,
        source,
        strongest=tally.strongest() if dry_run else new_edges(run, tally.strongest(), strength),
        doubtful=tally.doubtful() if dry_run else new_edges(run, tally.doubtful(), doubt),
        interrupted=interrupted,
        max_failed_share=components().settings.run.max_failed_share,
    )


def _submit(place: Place) -> Submit:
    """Return what starts the task that extracts a batch."""

    def submit(documents: tuple[Document, ...]) -> Callable[[], Outcome]:
        future = extract.submit(quote(place), quote(documents))  # type: ignore[call-overload]
        return cast("Callable[[], Outcome]", future.result)

    return submit


def process_batch(source: str, batch: Extracted, run: RunInfo, *, dry_run: bool) -> BatchReport:
    """Write one batch; then, and only then, move the source's cursor."""
    report = _written(batch, run, dry_run=dry_run)
    _log(report)
    if batch.work.position and not dry_run:
        state = CursorState(position=batch.work.position, config_hash=run.config_hash)
        components().graph().move_cursor(source, state, run=run)
    return report


def _written(batch: Extracted, run: RunInfo, *, dry_run: bool) -> BatchReport:
    work, outcome = batch.work, batch.outcome
    extractions = outcome.extractions if outcome else ()
    failures = outcome.failures if outcome else ()
    seconds = {"read": batch.reading, **(outcome.seconds if outcome else {})}
    written = UpsertReport()
    if not dry_run and (outcome or work.gone or work.moved or work.settled or work.skipped):
        started = time.perf_counter()
        written, refused = write(_quoted(work), quote(extractions), quote(failures), run, now())
        seconds["write"] = time.perf_counter() - started
        gone = {failure.document for failure in refused}
        extractions = tuple(each for each in extractions if each.document.id not in gone)
        failures = (*failures, *refused)
    return BatchReport(
        work=work,
        documents=len(extractions),
        statements=sum(len(each.statements) for each in extractions),
        failures=failures,
        written=written,
        seconds=seconds,
        findings=findings(extractions),
        edges=tuple(statement_edges(extractions, components().vocabulary(), run.checkpoint)),
    )


def _quoted(work: Work) -> Work:
    """Keep Prefect from walking through every document; a task is given the work itself."""
    return cast(Work, quote(work))


def _log(batch: BatchReport) -> None:
    logger = get_run_logger()
    duplicates = sum(skipped.duplicate for skipped in batch.work.skipped)
    if duplicates:
        logger.info("duplicates=%d: another record with their id counts", duplicates)
    for skipped in batch.work.skipped:
        if skipped.duplicate:
            continue
        logger.warning(
            "skipped source=%s place=%s document=%s reason=%s",
            skipped.source,
            skipped.place,
            skipped.document,
            skipped.reason,
            extra={"document": skipped.document},
        )
    if batch.work.documents or batch.work.gone:
        logger.info(
            "batch documents=%d gone=%d statements=%d failed=%d edges_new=%d edges_changed=%d "
            "edges_removed=%d",
            batch.documents,
            len(batch.work.gone),
            batch.statements,
            len(batch.failures),
            batch.written.edges_new,
            batch.written.edges_changed,
            batch.written.edges_removed,
        )
    for each in batch.failures:
        logger.warning(
            "failed document=%s stage=%s error=%s",
            each.document,
            each.stage,
            each.error,
            extra={"document": each.document},
        )
