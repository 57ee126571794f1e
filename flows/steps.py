"""The tasks of an ingest: survey, then extract and write for each batch.

A task is worth seconds. Batches travel in `quote`, as Prefect would walk through every document of
a parameter, and no result is kept: what counts as done is what the graph has.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from corpus.errors import SourceUnavailable
from corpus.records import Skipped
from extractor.schema import Document, Extraction
from flows.components import components
from flows.isolation import Failure, isolate
from flows.params import IngestParams
from flows.report import Survey
from flows.runs import now
from graph.errors import GraphUnavailable
from graph.records import RunInfo, UpsertReport
from graph.rows import content_hash

Item = TypeVar("Item")

TRANSIENT = (SourceUnavailable, GraphUnavailable)
"""Errors of a service: tried again, and no document is to blame."""
SURVEY_BATCH = 500


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def may_recover(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Return whether a task failed for a reason that may pass."""
    return isinstance(state.result(raise_on_failure=False), TRANSIENT)


step = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_recover,
)


@step
def survey(params: IngestParams, config_hash: str) -> Survey:
    """Read the source without extracting, to learn which documents are new or changed."""
    started = time.perf_counter()
    source = components().source(path=params.path, name=params.name, raw=params.raw)
    skipped: list[Skipped] = []
    pending: set[str] = set()
    read = 0
    records = source.read(limit=params.limit)
    for batch in batched(_documents(records, skipped), SURVEY_BATCH):
        known = {} if params.dry_run else components().graph().known([each.id for each in batch])
        read += len(batch)
        pending |= {
            each.id for each in batch if known.get(each.id) != (content_hash(each), config_hash)
        }
    return Survey(
        documents=read,
        skipped=tuple(skipped),
        pending=frozenset(pending),
        seconds=time.perf_counter() - started,
    )


@step
def extract(documents: Sequence[Document]) -> tuple[list[Extraction], list[Failure]]:
    """Extract a batch; what cannot be processed is set aside."""
    results, failures = isolate(
        documents,
        components().extractor().extract,
        stage="extract",
        document=lambda each: each.id,
        transient=TRANSIENT,
    )
    return [extraction for result in results for extraction in result], failures


@step
def write(
    extractions: Sequence[Extraction], failures: Sequence[Failure], run: RunInfo
) -> tuple[UpsertReport, list[Failure]]:
    """Write a batch and remember what failed; from then on its documents count as done."""
    parts = components()
    graph = parts.graph()

    def upsert(group: Sequence[Extraction]) -> UpsertReport:
        return graph.upsert(
            group,
            run=run,
            relations=parts.extractor().relations,
            batch_documents=parts.settings.graph.batch_documents,
        )

    reports, refused = isolate(
        extractions,
        upsert,
        stage="write",
        document=lambda each: each.document.id,
        transient=TRANSIENT,
    )
    for failure in (*failures, *refused):
        graph.record_failure(failure.document, stage=failure.stage, error=failure.error, at=now())
    return UpsertReport.total(reports), refused


def _documents(records: Iterable[Document | Skipped], skipped: list[Skipped]) -> Iterator[Document]:
    """Yield the documents, and put aside what is none."""
    logger = get_run_logger()
    for record in records:
        if isinstance(record, Document):
            yield record
            continue
        skipped.append(record)
        logger.warning(
            "skipped source=%s place=%s document=%s reason=%s",
            record.source,
            record.place,
            record.document,
            record.reason,
        )
