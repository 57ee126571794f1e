"""The tasks of a run: extract and write, for each batch; then retract.

A task is worth seconds. Batches travel in `quote`, as Prefect would walk through every document of
a parameter, and no result is kept: what counts as done is what the graph has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from extractor.errors import Stopped
from extractor.schema import Document, Extraction
from flows.components import components
from flows.discretion import discreet
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place
from flows.isolation import NO_DOCUMENTS_FAULT, TRANSIENT, Failure, isolate
from flows.retraction import MALFORMED, Why
from flows.work import READ, Work
from graph.records import FailureRecord, RunInfo, UpsertReport
from graph.rows import content_hash

P = ParamSpec("P")
Result = TypeVar("Result")


def may_recover(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Return whether a task failed for a reason that may pass."""
    return isinstance(state.result(raise_on_failure=False), TRANSIENT)


def step(work: Callable[P, Result]) -> Task[P, Result]:
    """Make a task that is tried again where a service was at fault; its errors are discreet."""
    return task(
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=3,
        retry_delay_seconds=exponential_backoff(backoff_factor=2),
        retry_jitter_factor=0.5,
        retry_condition_fn=may_recover,
    )(discreet()(work))


@step
def extract(place: Place, documents: Sequence[Document]) -> Outcome | None:
    """Have a batch extracted, wherever that is; None where somebody asked to stop before."""
    try:
        return place.extract(documents)
    except Stopped:
        return None


@step
def write(
    work: Work,
    extractions: Sequence[Extraction],
    failures: Sequence[Failure],
    run: RunInfo,
    at: str,
) -> tuple[UpsertReport, list[Failure]]:
    """Write a batch and remember what failed; from then on its documents count as done.

    Args:
        work: what else is to be done: documents that have moved, or failed before.
        extractions: of the documents of `work`.
        failures: its documents that could not be extracted.
        run: who writes.
        at: when the batch was tried; a second attempt of this task counts no failure twice.

    Returns:
        What changed, and the documents that the graph refused.
    """
    writer = components().writer(run)
    written, refused = isolate(
        extractions,
        writer.upsert,
        stage="write",
        document=lambda each: each.document.id,
        raised=NO_DOCUMENTS_FAULT,
    )
    failed = failed_documents(work, [*failures, *refused])
    if failed:
        writer.record_failures(failed, at=at)
    if work.moved:
        writer.set_index(work.moved)
    if work.settled:
        writer.forget_failures(work.settled)
    return UpsertReport.total(written), refused


@step
def retract(documents: Mapping[str, Why], run: RunInfo) -> UpsertReport:
    """Retract documents, each for its reason; what cannot be read is remembered as a failure."""
    writer = components().writer(run)
    malformed = {document for document, why in documents.items() if why == MALFORMED}
    groups = ((malformed, True), (documents.keys() - malformed, False))
    return UpsertReport.total(
        writer.retract(sorted(group), keep_failures=keep_failures)
        for group, keep_failures in groups
    )


def failed_documents(work: Work, failures: Sequence[Failure]) -> list[FailureRecord]:
    """Return what the graph shall remember of a batch's failures, skipped records included."""
    documents = {document.id: document for document in work.documents}
    skipped = [
        FailureRecord(
            document=each.document,
            stage=READ,
            error=each.reason,
            content_hash="",
            index=each.index,
        )
        for each in work.skipped
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
