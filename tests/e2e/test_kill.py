"""A run that is killed, anywhere, and run again gives the graph of one clean run."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from graph.client import Graph
from graph.server import EmbeddedServer
from graph.snapshot import diff, snapshot
from tests.e2e.conftest import ROOT, empty
from tests.e2e.running import MARGIN_STEP, run
from tests.e2e.test_ingest import FEW

pytestmark = pytest.mark.e2e

COMMAND = [
    "ingest",
    "samples/documents.jsonl",
    "--name",
    "samples",
    "--limit",
    "12",
    "--batch",
    "2",
]
PATIENCE_SECONDS = 300.0


@pytest.mark.parametrize("written", [0, 2, 6])
def test_a_killed_ingest_run_again_is_a_clean_run(
    graph: Graph, home: EmbeddedServer, written: int
) -> None:
    run(FEW)
    clean = snapshot(graph)
    empty(home)

    _kill_after(graph, written)
    assert graph.counts()["documents"] < 12, "it ended before it was killed"

    state, report = run(FEW)
    assert state.is_completed()
    assert report.unchanged + report.processed == 12
    assert diff(snapshot(graph), clean, tolerance=MARGIN_STEP) == []


def _kill_after(graph: Graph, documents: int) -> None:
    """Run the command as a process, and kill -9 it once so many documents are in the graph."""
    with subprocess.Popen(
        [sys.executable, "-c", "from flows.commands.cli import app; app()", *COMMAND],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _has_begun(graph) or graph.counts()["documents"] < documents:
            assert process.poll() is None, "the ingest ended by itself"
            assert time.monotonic() < deadline, "the ingest wrote nothing"
            time.sleep(0.02)
        process.kill()


def _has_begun(graph: Graph) -> bool:
    return bool(graph.query("MATCH (r:Run {state: 'Running'}) RETURN r.id AS id"))
