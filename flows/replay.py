"""`replay`: try documents again now, by id or all that failed, whatever their turn."""

from __future__ import annotations

from contextlib import closing

from prefect import flow
from prefect.client.schemas import State

from flows.artifacts import publish, publish_failures
from flows.components import components
from flows.ending import ended
from flows.errors import NotOfTheSource
from flows.failed import all_failed, fetched_pages
from flows.interruption import interruptible
from flows.limits import writer
from flows.params import ReplayParams
from flows.processing import closed, process
from flows.report import IngestReport
from flows.runs import recorded_run, run_info
from flows.watching import watched

DEFAULTS = ReplayParams()


@flow(name="replay", persist_result=False)
def replay(params: ReplayParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read documents by id, extract and write them, also where the graph has them as they are."""
    with writer():
        report = _replay(params)
    publish(report)
    return ended(report.state, report.why, report)


def _replay(params: ReplayParams) -> IngestReport:
    parts = components()
    source = parts.source(path=params.path, name=params.name)
    strange = [each for each in params.documents if not each.startswith(f"{source.name}:")]
    if strange:  # the source would call them gone
        raise NotOfTheSource(
            f"{strange[0]!r} is no document of the source {source.name!r}: "
            f"give ids that begin with '{source.name}:', or name another source"
        )
    run = run_info("replay", source.name)
    with interruptible() as interruption, recorded_run(run) as record, closing(source):
        failed = (each.id for each in all_failed(parts.graph(), source.name))
        with closed(fetched_pages(source, parts.graph(), params.documents or failed)) as pages:
            report = process(
                source.name,
                pages,
                run,
                interruption,
                expected=len(params.documents),
                force=True,
                max_retracted_share=params.max_retracted_share,
            )
        report = watched(report, run)
        record.finish(report.state, report.counts())
        publish_failures(source.name)
    return report
