"""Taking work through every stage, batch by batch; `ingest` and `replay` share it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar, cast
from uuid import UUID

from prefect import get_run_logger
from prefect.utilities.annotations import quote

from corpus.records import Page
from extractor.schema import Document
from flows.components import components
from flows.extraction.ahead import Extracted, Submit, Wait, extracted_ahead
from flows.extraction.places import Place, chosen_place
from flows.findings import findings
from flows.interruption import Interruption
from flows.logs import batch_of
from flows.memory import NoMemory
from flows.preview import statement_edges
from flows.progress import Progress, ProgressArtifact
from flows.ranking import doubt, strength
from flows.report import BatchReport, IngestReport, Tally
from flows.retraction import Allowance, Retractions, allowance, extent
from flows.runs import now
from flows.steps import extract, retract, write
from flows.watching import new_edges
from flows.work import Work, plan
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
    max_retracted_share: float | None = None,
) -> IngestReport:
    """Take what pages hold through every stage, until none is left or somebody interrupts.

    Batches are read and extracted while the ones before them are written; one thread writes, in
    the order of reading. What is to be retracted is retracted last, all of it or nothing; a run
    that is interrupted leaves it to the next, whose reading begins before the first of it.

    Args:
        source: its name.
        pages: of the source.
        run: who writes.
        interruption: asked every other second; batches that are extracted by then are written.
        expected: about how many records there are.
        size: documents in a batch, if not the settings'.
        limit: read so many documents at most.
        dry_run: write nothing.
        force: also what the graph has as it is, and what is not due.
        max_retracted_share: of the source's documents, if not the settings'.
    """
    artifact = ProgressArtifact(f"{run.flow}-progress")
    tally = Tally()
    total = expected if limit is None else min(expected, limit)
    settings = components().settings.run
    allowed = allowance(settings, max_retracted_share)
    interrupted = False
    with (
        closing(Retractions()) as retractions,
        chosen_place(UUID(run.id), dry_run=dry_run, stopped=lambda: interruption.asked) as place,
    ):
        works = plan(
            pages,
            NoMemory() if dry_run else components().graph(),
            retractions,
            config_hash=run.config_hash,
            checkpoint=run.checkpoint,
            now=now(),
            size=size or place.documents,
            limit=limit,
            force=force,
            unwritten=0 if dry_run else place.ahead - 1,  # a dry run leaves nothing to retract
            left_out=components().left_out,
        )
        extracted = extracted_ahead(works, place, _submit(place), run, interruption.requested)
        with closed(works), closed(extracted) as batches:
            for batch in batches:
                if batch is None:
                    interrupted = True
                    break
                with batch_of(batch.number):
                    if batch.work.retracting and not dry_run:
                        report = retract_all(source, batch.work, retractions, run, allowed)
                    else:
                        report = write_batch(batch, run, dry_run=dry_run)
                    if batch.work.position and not (dry_run or report.refusal):
                        _move_cursor(source, batch.work.position, run)
                    tally.add(report)
                done = sum(tally[count] for count in DONE)
                note = f"{tally['statements']} statements"
                artifact.show(
                    Progress(done=done, total=max(done, total), unit="documents", note=note)
                )
            if not interrupted:
                artifact.complete()
    return tally.report(
        run,
        source,
        strongest=tally.strongest() if dry_run else new_edges(run, tally.strongest(), strength),
        doubtful=tally.doubtful() if dry_run else new_edges(run, tally.doubtful(), doubt),
        interrupted=interrupted,
        max_failed_share=settings.max_failed_share,
    )


def _submit(place: Place) -> Submit:
    """Return what starts the task that extracts a batch."""

    def submit(documents: tuple[Document, ...]) -> Wait:
        future = extract.submit(quote(place), quote(documents))  # type: ignore[call-overload]
        return cast("Wait", future.result)

    return submit


def _move_cursor(source: str, position: str, run: RunInfo) -> None:
    state = CursorState(position=position, config_hash=run.config_hash)
    components().writer(run).move_cursor(source, state)


def retract_all(
    source: str, work: Work, retractions: Retractions, run: RunInfo, allowed: Allowance
) -> BatchReport:
    """Retract what was put aside; nothing of it, where that is more than is allowed."""
    started = time.perf_counter()
    found = extent(retractions, components().graph(), source)
    if refusal := found.refusal(allowed, run.flow):
        return BatchReport(work=work, held=found.documents, refusal=refusal, seconds={})
    written = UpsertReport.total(retract(batch, run) for batch in retractions.batches())
    get_run_logger().info(
        "retracted documents=%d edges_removed=%d",
        written.documents_removed,
        written.edges_removed,
    )
    seconds = {"write": time.perf_counter() - started}
    return BatchReport(work=work, gone=found.documents, written=written, seconds=seconds)


def write_batch(batch: Extracted, run: RunInfo, *, dry_run: bool) -> BatchReport:
    """Write what was extracted, and remember what failed."""
    work, outcome = batch.work, batch.outcome
    extractions = outcome.extractions if outcome else ()
    failures = outcome.failures if outcome else ()
    seconds = {"read": batch.reading, **(outcome.seconds if outcome else {})}
    written = UpsertReport()
    if not dry_run and (outcome or work.moved or work.settled or work.skipped):
        started = time.perf_counter()
        written, refused = write(_quoted(work), quote(extractions), quote(failures), run, now())
        seconds["write"] = time.perf_counter() - started
        gone = {failure.document for failure in refused}
        extractions = tuple(each for each in extractions if each.document.id not in gone)
        failures = (*failures, *refused)
    report = BatchReport(
        work=work,
        documents=len(extractions),
        statements=sum(len(each.statements) for each in extractions),
        failures=failures,
        written=written,
        seconds=seconds,
        findings=findings(extractions),
        edges=tuple(statement_edges(extractions, components().vocabulary(), run.checkpoint)),
    )
    _log(report)
    return report


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
    if batch.work.documents:
        logger.info(
            "batch documents=%d statements=%d failed=%d edges_new=%d edges_changed=%d "
            "edges_removed=%d",
            batch.documents,
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
