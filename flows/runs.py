"""Runs as the graph remembers them: begun, and ended in a state, whatever happens between."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from prefect.runtime import flow_run

from flows.components import components
from flows.discretion import discreet
from flows.logs import run_of
from graph.errors import GraphError
from graph.records import RunInfo

if TYPE_CHECKING:
    from graph.writer import GraphWriter


def now() -> str:
    """Return the time as the graph writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def run_info(flow: str, source: str) -> RunInfo:
    """Return what identifies the run that this process executes."""
    parts = components()
    return RunInfo(
        id=str(flow_run.id or uuid4()),
        flow=flow,
        checkpoint=parts.champion_name(),
        config_hash=parts.config_hash(source),
        git_sha=git_sha(),
        started_at=now(),
        source=source,
    )


def reader_run(flow: str) -> RunInfo:
    """Return what identifies a run that extracts nothing, so that no model is loaded."""
    return RunInfo(
        id=str(flow_run.id or uuid4()),
        flow=flow,
        checkpoint=components().champion_name(),
        config_hash="",
        git_sha=git_sha(),
        started_at=now(),
    )


def git_sha() -> str:
    """Return the commit that runs; empty where this is no git checkout."""
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    return ""


class Record:
    """What the graph remembers of a run that goes on."""

    def __init__(self, writer: GraphWriter) -> None:
        self._writer = writer
        self.finished = False

    def finish(self, state: str, counts: Mapping[str, int | float]) -> None:
        """Record how the run ended: what comes after does not change it."""
        self._writer.finish_run(state, counts)
        self.finished = True


@contextmanager
def recorded_run(run: RunInfo) -> Iterator[Record]:
    """Record that a run begins, and that it failed where it raises; it tells no document's text."""
    parts = components()
    with discreet(), run_of(run.id):
        writer = parts.writer(run)
        record = Record(writer)
        parts.graph().ensure_schema()
        writer.start_run()
        try:
            yield record
        except BaseException as error:
            state = "Failed" if isinstance(error, Exception) else "Crashed"
            with suppress(GraphError):  # what stopped the run is the error to see
                if not record.finished:
                    record.finish(state, counts={})
            raise
