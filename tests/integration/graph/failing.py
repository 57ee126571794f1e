"""A document that failed, and when."""

from __future__ import annotations

from dataclasses import replace

from graph.model.records import (
    FailureRecord,
)
from tests.unit.graph.extractions import RUN

LATER = replace(RUN, id="run-2", started_at="2026-11-24T00:00:00Z")


FAILED = FailureRecord(
    document="tests:1", stage="extract", error="too long", content_hash="abc", index="news-1"
)


MONDAY, TUESDAY = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
