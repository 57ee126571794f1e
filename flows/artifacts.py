"""What an ingest leaves at Prefect: a table of counts, a report, a table of failures.

They hold names, ids and margins: never a sentence of a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.components import components
from flows.report import IngestReport
from graph.records import FailedDocument

MAX_ROWS = 500
"""Rows of a table of failures; the counts are always whole."""


def publish(report: IngestReport) -> None:
    """Store the artifacts of a run."""
    create_table_artifact(table=summary_rows(report), key="ingest-summary")
    create_markdown_artifact(markdown=markdown(report), key="ingest-report")
    if failures := failure_rows(report):
        create_table_artifact(table=failures, key="ingest-failures")


def publish_failures(source: str) -> None:
    """Store the table of all documents of a source that wait to be tried again."""
    failed = components().graph().failures(source, limit=MAX_ROWS)
    create_table_artifact(table=waiting_rows(failed), key="failed-documents")


def waiting_rows(failed: Sequence[FailedDocument]) -> list[dict[str, Any]]:
    """Return the table of documents that failed, by id."""
    return [
        {
            "document": each.id,
            "stage": each.stage,
            "error": each.error,
            "attempts": each.attempts,
            "last tried": each.last_tried,
        }
        for each in failed
    ]


def summary_rows(report: IngestReport) -> list[dict[str, Any]]:
    """Return the table of counts."""
    counts = [
        {"figure": name.replace("_", " "), "value": value}
        for name, value in report.counts().items()
    ]
    rates = [
        {"figure": f"{stage}, documents per second", "value": round(rate, 2)}
        for stage, rate in report.rates().items()
    ]
    return [*counts, *rates]


def failure_rows(report: IngestReport) -> list[dict[str, str]]:
    """Return the table of what was skipped or failed, by name."""
    skipped = [
        {
            "document": each.document,
            "where": f"{each.source}, {each.place}",
            "stage": "read",
            "error": each.reason,
        }
        for each in report.skipped_records
    ]
    failed = [
        {
            "document": each.document,
            "where": report.source,
            "stage": each.stage,
            "error": each.error,
        }
        for each in report.failures
    ]
    return [*skipped, *failed][:MAX_ROWS]


def markdown(report: IngestReport) -> str:
    """Return the report for people who open the run at Prefect."""
    counts = report.counts()
    lines = [
        f"# Ingest of {report.source}: {report.state.lower()}",
        "",
        f"Checkpoint `{report.checkpoint}`, run `{report.run}`.",
        "",
        f"{counts['read']} documents read, {counts['unchanged']} unchanged, "
        f"{counts['processed']} processed, {counts['failed']} failed, "
        f"{counts['waiting']} waiting to be tried again, {counts['gone']} gone, "
        f"{counts['skipped']} records skipped.",
        f"{counts['statements']} statements; edges: {counts['edges_new']} new, "
        f"{counts['edges_changed']} changed, {counts['edges_removed']} removed.",
    ]
    if report.strongest:
        lines += ["", "| head | relation | tail | margin |", "|---|---|---|---|"]
        lines += [
            f"| {_cell(edge.head_name)} `{edge.head}` | {edge.type} "
            f"| {_cell(edge.tail_name)} `{edge.tail}` | {edge.margin:.2f} |"
            for edge in report.strongest
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("`", "'")
