"""`replay`: try documents again now, by id or all that failed, whatever their turn."""

from __future__ import annotations

from contextlib import closing

from prefect import flow
from prefect.client.schemas import State

from flows.artifacts import publish, publish_failures
from flows.components import components
from flows.failed import all_failed, fetched_pages
from flows.ingest import outcome
from flows.interruption import interruptible
from flows.params import ReplayParams
from flows.processing import process
from flows.report import IngestReport
from flows.runs import finish, recorded_run, run_info

DEFAULTS = ReplayParams()


@flow(name="replay", persist_result=False)
def replay(params: ReplayParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read documents by id, extract and write them, also where the graph has them as they are."""
    parts = components()
    source = parts.source(path=params.path, name=params.name)
    run = run_info("replay", source.name)
    with interruptible() as interruption, recorded_run(run), closing(source):
        failed = (each.id for each in all_failed(parts.graph(), source.name))
        ids = params.documents or tuple(failed)
        report = process(
            source.name,
            fetched_pages(source, ids),
            run,
            interruption,
            size=parts.settings.run.batch_documents,
            expected=len(ids),
            force=True,
        )
        finish(run, report.state, report.counts())
        publish_failures(source.name)
    publish(report)
    return outcome(report)
