"""Edges that a changed setting concerns: asserted or only possible, before anything is read."""

from __future__ import annotations

from prefect import get_run_logger

from flows.run.context import SourceRun
from graph.model.records import UpsertReport

NOTHING = UpsertReport()


def follow_setting(run: SourceRun) -> UpsertReport:
    """Let all edges follow FACTLOOM_GRAPH__ASSERT_ABOVE, where they do not yet.

    Between two transactions somebody may stop it; the next run then begins again.
    """
    if run.dry_run:
        return NOTHING
    written = NOTHING
    for changed in run.writer.follow_setting():
        written = UpsertReport.total([written, changed])
        if run.interruption.requested():
            break
    if written != NOTHING:
        get_run_logger().info("followed edges_changed=%d", written.edges_changed)
    return written
