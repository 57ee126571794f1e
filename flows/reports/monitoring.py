"""What the graph says of a run that comes to its end: its new edges, and the runs before it."""

from __future__ import annotations

from dataclasses import replace

from prefect import get_run_logger
from prefect.events import emit_event

from flows.components import components
from flows.reports.drift import Drift, drift_of
from flows.reports.edges import doubt, first, strength, triple
from flows.reports.ingest_report import SHOWN, IngestReport
from flows.run.context import Run
from flows.run.showing import showing
from graph.model.edges import ASSERTED, POSSIBLE

DRIFT_EVENT = "factloom.drift"
"""An automation at Prefect can wait for it."""


def with_new_edges(report: IngestReport, run: Run) -> IngestReport:
    """Return the report with new edges in the place of statements, as all evidence makes them.

    New is an edge whose whole evidence is of this run, and on which nobody has judged yet. A dry
    run has none: its statements stay. Only possible edges are among the doubtful, for people.
    """
    if run.dry_run:
        asserted = [edge for edge in report.strongest if edge.status == ASSERTED]
        return report.with_edges(asserted, report.doubtful)
    strongest, doubtful = (set(map(triple, each)) for each in (report.strongest, report.doubtful))
    graph = components().graph
    found = graph.edges(graph.edges_of_run(run.info, strongest | doubtful))
    new = [edge for edge in found if edge.status in (ASSERTED, POSSIBLE)]
    asserted = [edge for edge in new if edge.status == ASSERTED]
    return report.with_edges(
        first((edge for edge in asserted if triple(edge) in strongest), strength, SHOWN),
        first((edge for edge in new if triple(edge) in doubtful), doubt, SHOWN),
    )


def watched(report: IngestReport, run: Run) -> IngestReport:
    """Return the report with what waits now, and the run beside the runs before it.

    An alarm stops nothing; a dry run is compared with nothing.
    """
    if run.dry_run:
        return report
    graph = components().graph
    before = graph.completed_runs(report.source, report.checkpoint, without=report.run)
    drift = drift_of(report.stored(), [each.counts for each in before])
    if drift.alarms:
        _alarm(report, drift)
    counts = replace(report.counts, waiting=graph.count_failures(report.source))
    return replace(report, counts=counts, drift=drift)


def _alarm(report: IngestReport, drift: Drift) -> None:
    for each in drift.alarms:
        get_run_logger().warning("drift source=%s %s", report.source, each.describe())
    with showing(DRIFT_EVENT):
        emit_event(
            DRIFT_EVENT,
            resource={
                "prefect.resource.id": f"factloom.source.{report.source}",
                "prefect.resource.name": report.source,
            },
            payload={
                "run": report.run,
                "checkpoint": report.checkpoint,
                "alarms": [each.describe() for each in drift.alarms],
            },
        )
