"""What Prefect does not take of a run is logged; the run goes on, and ends as it did."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.reports.artifacts import publish, publish_failures
from flows.run.context import Run, recorded
from flows.run.progress import Progress, ProgressArtifact, listener
from flows.run.showing import RETRIES, show_table
from graph.errors import GraphUnavailable
from graph.model.records import RunInfo
from tests.unit.flows.reports.samples import report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Artifact creation outside of a:FutureWarning"),
]

RUN = RunInfo(
    id="run-1", flow="ingest", checkpoint="m@1", config_hash="c", git_sha="", started_at="2026"
)


@pytest.fixture
def away(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.LogCaptureFixture]:
    """The Prefect server is away; what is logged."""
    monkeypatch.setattr("flows.run.showing.RETRIES", 0)
    nobody = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(nobody), caplog.at_level(logging.WARNING, "flows.run.showing"):
        yield caplog


class Graph:
    """Remembers how runs ended; it cannot say what failed."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, dict[str, int]]] = []

    def ensure_schema(self) -> None: ...

    def start_run(self) -> None: ...

    def finish_run(self, state: str, counts: dict[str, int]) -> None:
        self.ends.append((state, counts))

    def failures(self, source: str, *, limit: int) -> list[Any]:
        raise GraphUnavailable("it does not answer")


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    """The graph of runs and artifacts."""
    found = Graph()
    parts = SimpleNamespace(graph=found, writer=lambda run: found)
    for module in ("run.context", "reports.artifacts"):
        monkeypatch.setattr(f"flows.{module}.components", lambda: parts)
    return found


def test_artifacts_fail_no_run(away: pytest.LogCaptureFixture, graph: Graph) -> None:
    with recorded(Run(RUN)) as run:
        run.finish("Completed", {"read": 3})
        publish(report())
        publish_failures("tests")
    assert graph.ends == [("Completed", {"read": 3})]
    for key in ("ingest-summary", "ingest-report", "ingest-failures", "failed-documents"):
        assert f"not shown at Prefect: {key}" in away.text


def test_a_store_that_is_down_holds_a_run_up_for_a_moment_only() -> None:
    asked: list[str] = []

    class Down(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_error(404)  # no server of ours gives a token against forgery

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Down) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        here = f"http://127.0.0.1:{server.server_port}/api"
        with temporary_settings({PREFECT_API_URL: here, PREFECT_CLIENT_MAX_RETRIES: 5}):
            show_table("ingest-summary", [{"figure": "documents read", "value": 3}])
        server.shutdown()
    assert len([path for path in asked if path.startswith("/api/artifacts")]) == 1 + RETRIES


def test_what_comes_after_the_end_does_not_change_it(graph: Graph) -> None:
    def fail() -> None:
        with recorded(Run(RUN)) as run:
            run.finish("Completed", {"read": 3})
            raise GraphUnavailable("no")

    with pytest.raises(GraphUnavailable):
        fail()
    assert graph.ends == [("Completed", {"read": 3})]


def test_a_run_that_raises_has_failed(graph: Graph) -> None:
    def fail() -> None:
        with recorded(Run(RUN)):
            raise GraphUnavailable("no")

    with pytest.raises(GraphUnavailable):
        fail()
    assert graph.ends == [("Failed", {})]


def test_progress_fails_no_run_and_is_heard_here(away: pytest.LogCaptureFixture) -> None:
    heard: list[float] = []
    token = listener.set(lambda progress: heard.append(progress.percent))
    try:
        artifact = ProgressArtifact("ingest-progress")
        artifact.show(Progress(done=9, total=10, unit="documents"))
        artifact.complete()
    finally:
        listener.reset(token)
    assert heard == [90.0, 100.0]
    assert "not shown at Prefect: ingest-progress" in away.text
