"""The nightly flow: bring the graph up to date with a source of documents."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

from prefect import flow, get_run_logger
from prefect.client.schemas import State
from prefect.states import Cancelled, Failed
from prefect.utilities.annotations import quote

from extractor.schema import Document
from flows.artifacts import publish
from flows.components import components
from flows.interruption import Interruption, interruptible
from flows.params import IngestParams
from flows.preview import strongest_statements
from flows.progress import Progress, ProgressArtifact
from flows.report import BatchReport, IngestReport, Survey, add_up
from flows.runs import finish, recorded_run, run_info
from flows.steps import batched, extract, survey, write
from graph.records import FoundEdge, RunInfo, UpsertReport

DEFAULTS = IngestParams()
STRONGEST = 20
"""Edges in the report."""


@flow(name="ingest", persist_result=False)
def ingest(params: IngestParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read what is new or changed, extract it batch by batch, and write it to the graph."""
    parts = components()
    source = parts.source(path=params.path, name=params.name, raw=params.raw)
    run = run_info("ingest", source.name)
    with interruptible() as interruption, nullcontext() if params.dry_run else recorded_run(run):
        found = survey(params, run.config_hash)
        pending = (
            record
            for record in source.read(limit=params.limit)
            if isinstance(record, Document) and record.id in found.pending
        )
        batches = list(process(pending, found, run, params, interruption))
        report = add_up(
            run,
            source.name,
            found,
            batches,
            strongest=_strongest(run, batches, dry_run=params.dry_run),
            interrupted=interruption.requested(),
            max_failed_share=parts.settings.run.max_failed_share,
        )
        if not params.dry_run:
            finish(run, report)
    publish(report)
    return _outcome(report)


def process(
    pending: Iterable[Document],
    found: Survey,
    run: RunInfo,
    params: IngestParams,
    interruption: Interruption,
) -> Iterator[BatchReport]:
    """Take the pending documents through every stage, until none is left or somebody interrupts."""
    size = params.batch_documents or components().settings.run.batch_documents
    artifact = ProgressArtifact("ingest-progress")
    done = statements = 0
    for documents in batched(pending, size):
        if interruption.requested():
            return
        batch = process_batch(documents, run, dry_run=params.dry_run)
        yield batch
        done += len(documents)
        statements += batch.statements
        note = f"{statements} statements"
        total = len(found.pending)
        artifact.show(Progress(done=done, total=total, unit="documents", note=note))


def process_batch(documents: Sequence[Document], run: RunInfo, *, dry_run: bool) -> BatchReport:
    """Take one batch through every stage."""
    extractor = components().extractor()
    before = dict(extractor.seconds)
    extractions, failures = extract(quote(documents))
    seconds = {stage: spent - before[stage] for stage, spent in extractor.seconds.items()}
    written = UpsertReport()
    if not dry_run:
        started = time.perf_counter()
        written, refused = write(quote(extractions), quote(failures), run)
        seconds["write"] = time.perf_counter() - started
        gone = {failure.document for failure in refused}
        extractions = [each for each in extractions if each.document.id not in gone]
        failures = [*failures, *refused]
    batch = BatchReport(
        documents=len(extractions),
        statements=sum(len(each.statements) for each in extractions),
        failures=tuple(failures),
        written=written,
        seconds=seconds,
        strongest=strongest_statements(extractions, extractor, limit=STRONGEST) if dry_run else (),
    )
    _log(batch)
    return batch


def _strongest(
    run: RunInfo, batches: Sequence[BatchReport], *, dry_run: bool
) -> Sequence[FoundEdge]:
    """Return the strongest edges of the run; those of a dry run are in no graph."""
    if not dry_run:
        return components().graph().strongest(run.id, limit=STRONGEST)
    edges = [edge for batch in batches for edge in batch.strongest]
    return sorted(edges, key=lambda edge: -edge.margin)[:STRONGEST]


def _outcome(report: IngestReport) -> IngestReport | State[IngestReport]:
    """Return the report, in the state that Prefect shall show unless that is Completed."""
    match report.state:
        case "Cancelled":
            return Cancelled(message="interrupted between two batches", data=report)
        case "Failed":
            share = f"{report.failed_share:.0%} of the records failed"
            return Failed(message=f"{share}, more than FACTLOOM_RUN__MAX_FAILED_SHARE", data=report)
        case _:
            return report


def _log(batch: BatchReport) -> None:
    logger = get_run_logger()
    logger.info(
        "batch documents=%d statements=%d failed=%d edges_new=%d edges_changed=%d edges_removed=%d",
        batch.documents,
        batch.statements,
        len(batch.failures),
        batch.written.edges_new,
        batch.written.edges_changed,
        batch.written.edges_removed,
    )
    for each in batch.failures:
        logger.warning(
            "failed document=%s stage=%s error=%s", each.document, each.stage, each.error
        )
