"""What an ingest leaves at Prefect: a table of counts, a report, a drift panel, its failures."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.components import components
from flows.panels import MAX_ROWS, drift_page, failure_rows, markdown, summary_rows, waiting_rows
from flows.report import IngestReport


def publish(report: IngestReport) -> None:
    """Store the artifacts of a run."""
    create_table_artifact(table=summary_rows(report), key=f"{report.flow}-summary")
    create_markdown_artifact(markdown=markdown(report), key=f"{report.flow}-report")
    if report.drift is not None:
        page = drift_page(report, report.drift)
        create_markdown_artifact(markdown=page, key=f"{report.flow}-drift")
    if failures := failure_rows(report):
        create_table_artifact(table=failures, key=f"{report.flow}-failures")


def publish_failures(source: str) -> None:
    """Store the table of all documents of a source that wait to be tried again."""
    failed = components().graph().failures(source, limit=MAX_ROWS)
    create_table_artifact(table=waiting_rows(failed), key="failed-documents")
