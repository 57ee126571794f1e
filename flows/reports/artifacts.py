"""What an ingest leaves at Prefect: a table of counts, a report, a drift panel, its failures."""

from __future__ import annotations

from flows.components import components
from flows.reports.ingest_report import IngestReport
from flows.reports.tables import (
    MAX_ROWS,
    drift_page,
    failure_rows,
    markdown,
    summary_rows,
    waiting_rows,
)
from flows.run.showing import show_page, show_table, showing


def publish(report: IngestReport) -> None:
    """Store the artifacts of a run that has ended."""
    show_table(f"{report.flow}-summary", summary_rows(report))
    show_page(f"{report.flow}-report", markdown(report))
    if report.drift is not None:
        show_page(f"{report.flow}-drift", drift_page(report, report.drift))
        publish_failures(report.source)
    if failures := failure_rows(report):
        show_table(f"{report.flow}-failures", failures)


def publish_failures(source: str) -> None:
    """Store the table of all documents of a source that wait to be tried again."""
    with showing("failed-documents"):
        failed = components().graph.failures(source, limit=MAX_ROWS)
        show_table("failed-documents", waiting_rows(failed))
