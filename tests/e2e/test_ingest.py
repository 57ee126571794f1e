"""The ingest flow on real parts: the embedded graph, SQLite, a checkpoint, Prefect's API."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from extractor.pipeline import Extractor
from extractor.schema import Document
from flows.components import close_components
from flows.params import IngestParams
from flows.run.progress import Progress, listener
from graph.client import Graph
from graph.reading.snapshot import snapshot
from graph.server.embedded import EmbeddedServer
from tests.checkpoints import write_tiny_checkpoint
from tests.e2e.conftest import ROOT, empty
from tests.e2e.running import artifact, run

pytestmark = pytest.mark.e2e

SAMPLES = Path("samples/documents.jsonl")
FIRST = "samples:" + json.loads((ROOT / SAMPLES).read_text("utf-8").splitlines()[0])["id"]
FEW = IngestParams(path=SAMPLES, name="samples", limit=12, batch_documents=4)


def test_a_second_ingest_changes_nothing(graph: Graph) -> None:
    _, first = run(FEW)
    before = snapshot(graph)
    state, second = run(FEW)
    assert state.is_completed()
    assert snapshot(graph).digest() == before.digest()
    assert (first.counts.processed, second.counts.processed, second.counts.unchanged) == (12, 0, 12)
    assert len(before.edges) > first.counts.processed


def test_an_interrupted_ingest_goes_on_where_it_stopped(
    graph: Graph, home: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Extractor.attempt

    def endless(
        used: Extractor, documents: Sequence[Document], stopped: Callable[[], bool]
    ) -> object:
        while documents[0].id != FIRST and not stopped():  # all but the first batch never end
            time.sleep(0.01)
        return attempt(used, documents, stopped)

    token = listener.set(_interrupt)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(Extractor, "attempt", endless)
            state, first = run(FEW)
    finally:
        listener.reset(token)
    assert state.is_cancelled()
    assert (first.outcome.state, first.counts.processed) == ("Cancelled", 4)

    _, second = run(FEW)
    assert (second.outcome.state, second.counts.processed) == ("Completed", 8)
    runs = graph.query("MATCH (r:Run) RETURN r.state AS state ORDER BY state")
    assert [each["state"] for each in runs] == ["Cancelled", "Completed"]
    resumed = snapshot(graph)

    empty(home)
    run(FEW)
    assert snapshot(graph).digest() == resumed.digest()


def test_a_new_checkpoint_alone_moves_no_document(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(FEW)
    other = write_tiny_checkpoint(tmp_path / "other", seed=1)
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(other))
    close_components()
    _, report = run(FEW)
    assert report.checkpoint.startswith("other@")
    assert (report.counts.processed, report.counts.unchanged) == (0, 12)


def test_a_dry_run_needs_no_graph(
    local_profile: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FACTLOOM_HOME", str(tmp_path / "home"))
    state, report = run(FEW.model_copy(update={"dry_run": True}))
    assert state.is_completed()
    assert report.counts.processed == 12
    assert report.strongest[0].evidence[0].text
    assert not (tmp_path / "home" / "graph").exists()


def test_the_artifacts_hold_names_and_margins_but_no_sentence(graph: Graph) -> None:
    _, report = run(FEW)
    shown = artifact("ingest-report") + artifact("ingest-summary")
    assert report.strongest[0].head_name in shown
    for edge in report.strongest:
        assert edge.evidence[0].text not in shown


def _interrupt(progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGINT)
