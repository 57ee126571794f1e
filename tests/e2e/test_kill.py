"""A run that is killed, anywhere, and run again gives the graph of one clean run."""

from __future__ import annotations

import pytest

from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.e2e.conftest import empty
from tests.e2e.running import MARGIN_STEP, kill_once, run
from tests.e2e.test_ingest import FEW
from tests.seeds import seeds

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


@pytest.mark.parametrize("written", seeds(2, 0, 6))
def test_a_killed_ingest_run_again_is_a_clean_run(
    graph: Graph, home: EmbeddedServer, written: int
) -> None:
    run(FEW)
    clean = snapshot(graph)
    empty(home)

    kill_once(COMMAND, lambda: _has_begun(graph) and graph.counts()["documents"] >= written)
    assert graph.counts()["documents"] < 12, "it ended before it was killed"

    state, report = run(FEW)
    assert state.is_completed()
    assert report.counts.unchanged + report.counts.processed == 12
    assert diff(snapshot(graph), clean, tolerance=MARGIN_STEP) == []


def _has_begun(graph: Graph) -> bool:
    return bool(graph.query("MATCH (r:Run {state: 'Running'}) RETURN r.id AS id"))
