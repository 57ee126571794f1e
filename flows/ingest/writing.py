"""Writing a batch: from then on its documents count as done, and those that failed are known.

The last one retracts what was put aside, all of it or nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from prefect import get_run_logger
from prefect.utilities.annotations import quote

from flows.components import components
from flows.ingest.planning import READ
from flows.ingest.retraction import MALFORMED, Retractions, Why, extent, retraction_limit
from flows.records import Batch, Counts, Failure
from flows.run.context import Run, SourceRun, now, step
from flows.run.isolation import isolate
from graph.model.records import FailureRecord, UpsertReport
from graph.model.rows import content_hash


def write_batch(batch: Batch, run: Run) -> Batch:
    """Write a batch, and return it with what came of that; a dry run only counts."""
    if not run.dry_run and (batch.documents or batch.moved or batch.recovered or batch.skipped):
        started = time.perf_counter()
        batch = write(cast(Batch, quote(batch)), run, now())
        seconds = Counts(seconds={"write": time.perf_counter() - started})
        batch = replace(batch, counts=batch.counts + seconds)
    counts = (
        batch.counts
        + Counts.of_extractions(batch.extractions)
        + Counts.of_failures(batch.failures, batch.retried)
    )
    batch = replace(batch, counts=counts)
    _log(batch)
    return batch


@step
def write(batch: Batch, run: Run, at: str) -> Batch:
    """Write a batch and remember what failed.

    Args:
        batch: its documents are extracted; others have moved, or failed before.
        run: that writes.
        at: when the batch was tried; a second attempt of this task counts no failure twice.

    Returns:
        The batch with what changed; a document that the graph refused is among its failures.
    """
    reports, refused = isolate(
        batch.extractions,
        run.writer.upsert,
        stage="write",
        document=lambda each: each.document.id,
    )
    failures = (*batch.failures, *refused)
    if failed := failed_documents(batch, failures):
        run.writer.record_failures(failed, at=at)
    if batch.moved:
        run.writer.set_index(batch.moved)
    if batch.recovered:
        run.writer.forget_failures(batch.recovered)
    gone = {failure.document for failure in refused}
    return replace(
        batch,
        extractions=tuple(each for each in batch.extractions if each.document.id not in gone),
        failures=failures,
        counts=batch.counts + Counts.of_writing(UpsertReport.total(reports)),
    )


def retract_all(batch: Batch, retractions: Retractions, run: SourceRun) -> Batch:
    """Retract what was put aside; nothing of it, where that is more than is allowed."""
    started = time.perf_counter()
    allowed = retraction_limit(components().settings.run, run.params.max_retracted_share)
    found = extent(retractions, components().graph, run.source.name)
    if refusal := found.refusal(allowed, run.info.flow):
        held = batch.counts + Counts(held=found.documents)
        return replace(batch, refusal=refusal, counts=held)
    written = UpsertReport.total(retract(each, run) for each in retractions.batches())
    get_run_logger().info(
        "retracted documents=%d edges_removed=%d",
        written.documents_removed,
        written.edges_removed,
    )
    seconds = {"write": time.perf_counter() - started}
    counts = Counts(gone=found.documents, seconds=seconds) + Counts.of_writing(written)
    return replace(batch, counts=batch.counts + counts)


@step
def retract(documents: Mapping[str, Why], run: Run) -> UpsertReport:
    """Retract documents, each for its reason; what cannot be read is remembered as a failure."""
    malformed = {document for document, why in documents.items() if why == MALFORMED}
    groups = ((malformed, True), (documents.keys() - malformed, False))
    return UpsertReport.total(
        run.writer.retract(sorted(group), keep_failures=keep_failures)
        for group, keep_failures in groups
    )


def failed_documents(batch: Batch, failures: Sequence[Failure]) -> list[FailureRecord]:
    """Return what the graph shall remember of a batch's failures, skipped records included."""
    documents = {document.id: document for document in batch.documents}
    skipped = [
        FailureRecord(
            document=each.document,
            stage=READ,
            error=each.reason,
            content_hash="",
            index=each.index,
        )
        for each in batch.skipped
        if each.document and not (each.duplicate or each.foreign or each.text == "empty")
    ]
    return skipped + [
        FailureRecord(
            document=each.document,
            stage=each.stage,
            error=each.error,
            content_hash=content_hash(documents[each.document]),
            index=documents[each.document].index,
        )
        for each in failures
    ]


def _log(batch: Batch) -> None:
    logger, counts = get_run_logger(), batch.counts
    if counts.duplicates:
        logger.info("duplicates=%d: another record with their id counts", counts.duplicates)
    for skipped in batch.skipped:
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
    if batch.documents:
        logger.info(
            "batch documents=%d statements=%d failed=%d edges_new=%d edges_changed=%d "
            "edges_removed=%d",
            counts.processed,
            counts.statements,
            counts.failed,
            counts.edges_new,
            counts.edges_changed,
            counts.edges_removed,
        )
    for each in batch.failures:
        logger.warning(
            "failed document=%s stage=%s error=%s",
            each.document,
            each.stage,
            each.error,
            extra={"document": each.document},
        )
