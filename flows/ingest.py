"""The nightly flow: bring the graph up to date with a source of documents."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from itertools import chain

from prefect import flow
from prefect.client.schemas import State

from flows.artifacts import publish, publish_failures
from flows.components import components
from flows.discretion import discreet
from flows.ending import ended
from flows.failed import due_pages
from flows.interruption import interruptible
from flows.limits import writer
from flows.merges import Followed, follow_new_merges
from flows.params import IngestParams
from flows.processing import closed, process
from flows.report import IngestReport
from flows.runs import Record, now, recorded_run, run_info
from flows.watching import watched
from graph.records import RunInfo, UpsertReport

DEFAULTS = IngestParams()


@flow(name="ingest", persist_result=False)
def ingest(params: IngestParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read what is new or changed, extract it batch by batch, and write it to the graph."""
    with nullcontext() if params.dry_run else writer():
        report = _ingest(params)
    publish(report)
    return ended(report.state, report.why, report)


def _ingest(params: IngestParams) -> IngestReport:
    parts = components()
    source = parts.source(path=params.path, name=params.name, raw=params.raw)
    run = run_info("ingest", source.name)
    recorded: AbstractContextManager[Record | None]
    recorded = discreet() if params.dry_run else recorded_run(run)
    with interruptible() as interruption, recorded as record, closing(source):
        followed = Followed() if params.dry_run else follow_new_merges(run)
        position = "" if params.dry_run or params.everything else start(source.name, run)
        # A whole reading meets what failed before, if it is still there.
        due = due_pages(source, parts.graph(), now()) if position else iter(())
        with closed(source.pages(position)) as pages:
            report = process(
                source.name,
                chain(due, pages),
                run,
                interruption,
                size=params.batch_documents,
                limit=params.limit,
                expected=source.expected(position),
                dry_run=params.dry_run,
                max_retracted_share=params.max_retracted_share,
            )
        report = replace(report, written=UpsertReport.total([followed.written, report.written]))
        if record is not None:
            report = watched(report, run)
            record.finish(report.state, report.counts())
            publish_failures(source.name)
    return report


def start(source: str, run: RunInfo) -> str:
    """Return how far a source was read; empty, and so from its beginning, under another config."""
    cursor = components().graph().cursor(source)
    return cursor.position if cursor and cursor.config_hash == run.config_hash else ""
