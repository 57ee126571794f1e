"""`replay`: try documents again now, by id or all that failed, whatever their turn."""

from __future__ import annotations

from contextlib import closing

from prefect import flow
from prefect.client.schemas import State

from flows.components import components
from flows.errors import NotOfTheSource
from flows.ingest.flow import ingest_pages
from flows.ingest.retries import all_failed, fetched_pages
from flows.params import ReplayParams
from flows.reports.artifacts import publish
from flows.reports.ingest_report import IngestReport
from flows.reports.monitoring import watched
from flows.run.context import open_run
from flows.run.prefect_state import ended

DEFAULTS = ReplayParams()


@flow(name="replay", persist_result=False)
def replay(params: ReplayParams = DEFAULTS) -> IngestReport | State[IngestReport]:
    """Read documents by id, extract and write them, also where the graph has them as they are."""
    refuse_others(params)
    with open_run("replay", params) as run:
        graph = components().graph
        failed = (each.id for each in all_failed(graph, run.source.name))
        with closing(fetched_pages(run.source, graph, params.documents or failed)) as pages:
            report = ingest_pages(pages, run, expected=len(params.documents), force=True)
        report = watched(report, run)
        run.finish(report.outcome.state, report.stored())
    publish(report)
    return ended(report.outcome.state, report.outcome.why, report)


def refuse_others(params: ReplayParams) -> None:
    """Refuse documents of another source: this one would call them gone."""
    source = params.name or components().settings.source.name
    if strange := [each for each in params.documents if not each.startswith(f"{source}:")]:
        raise NotOfTheSource(
            f"{strange[0]!r} is no document of the source {source!r}: "
            f"give ids that begin with '{source}:', or name another source"
        )
