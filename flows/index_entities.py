"""`index_entities`: build the entity index in Elasticsearch from a file, and switch to it.

It is built beside the one in use, and nothing happens where that is current. The local index, in
SQLite, needs no flow: it follows its file whenever it is opened.
"""

from __future__ import annotations

from prefect import flow, get_run_logger

from corpus.entities.elastic import ElasticsearchEntityIndex
from corpus.entities.index import IndexReport
from flows.components import components
from flows.params import IndexEntitiesParams
from flows.redaction import redacted
from flows.run.progress import Progress, ProgressArtifact
from flows.run.showing import show_page

DEFAULTS = IndexEntitiesParams()
MAX_NAMED = 500
"""Skipped lines that the report names; all are counted."""


@flow(name="index_entities", persist_result=False)
def index_entities(params: IndexEntitiesParams = DEFAULTS) -> IndexReport:
    """Build the entity index from a file; the next ingest then takes every document again."""
    parts = components()
    path = params.path or parts.settings.entities.path
    alias = params.index or parts.settings.entities.index
    artifact = ProgressArtifact("index-entities-progress")

    def show(done: int, total: int) -> None:
        artifact.show(Progress(done=done, total=max(done, total), unit="entities"))

    with redacted():
        report = ElasticsearchEntityIndex.build(
            parts.elasticsearch,
            alias,
            path,
            starter=parts.settings.entities.starter_file,
            progress=show,
        )
    artifact.complete()
    get_run_logger().info(
        "entities=%d skipped=%d version=%s rebuilt=%s",
        report.entities,
        len(report.skipped),
        report.version,
        report.rebuilt,
    )
    show_page("index-entities-report", index_page(alias, report))
    return report


def index_page(alias: str, report: IndexReport) -> str:
    """Return the report for people who open the run at Prefect."""
    done = "built" if report.rebuilt else "was current: nothing was done"
    lines = [
        f"# Entity index `{alias}`: {done}",
        "",
        f"Version `{report.version}`, {report.entities} entities, {len(report.skipped)} lines "
        "skipped.",
    ]
    lines += [""] if report.skipped else []
    lines += [f"* {each.place}: {each.reason}" for each in report.skipped[:MAX_NAMED]]
    return "\n".join(lines) + "\n"
