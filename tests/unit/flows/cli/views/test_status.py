"""The screen of `factloom status`: what stands in it, and that it fits a terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from flows.cli.views.status import duration, show_graph, show_server
from flows.operations.status import DeploymentLine, GraphStatus, RunLine, ServerStatus
from graph.model.records import SourceState

NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
WIDTH = 80


def run(state: str, *, hours: float, message: str = "") -> RunLine:
    """A run that came to its state some hours ago."""
    return RunLine(
        deployment="ingest/nightly",
        name="brave-owl",
        state=state,
        since=NOW - timedelta(hours=hours),
        seconds=720,
        message=message,
    )


def shown(status: ServerStatus) -> str:
    """Return the screen."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as capture:
        show_server(console, "http://127.0.0.1:4200/api", status, NOW)
    return capture.get()


def server(**fields: object) -> ServerStatus:
    """A server with one deployment."""
    defaults: dict[str, object] = {
        "version": "3.8.8",
        "workers": {"factloom-cpu": 1},
        "limits": {"factloom-writer": (1, 1)},
        "deployments": [
            DeploymentLine(
                name="ingest/nightly",
                last=run("Completed", hours=6),
                next_at=NOW + timedelta(hours=18),
            ),
            DeploymentLine(name="replay/on-demand", last=None, next_at=None),
        ],
        "waiting": [],
        "failed": [],
    }
    return ServerStatus(**{**defaults, **fields})  # type: ignore[arg-type]


def test_it_says_when_each_deployment_ran_and_runs_next() -> None:
    lines = [" ".join(line.split()) for line in shown(server()).splitlines()]
    assert "ingest/nightly Completed 6 h ago, took 12 min next in 18 h" in lines
    assert "replay/on-demand never ran on demand" in lines
    assert "slots in use factloom-writer 1 of 1" in lines


def test_it_says_what_failed_and_what_waits_within_the_width() -> None:
    status = server(
        waiting=[run("AwaitingConcurrencySlot", hours=0.05)],
        failed=[run("Crashed", hours=3, message="its process was killed, or hangs. " * 5)],
    )
    told = shown(status)
    assert "brave-owl AwaitingConcurrencySlot for 3 min" in told
    assert "brave-owl Crashed 3 h ago, took 12 min: its process" in told
    assert max(map(len, told.splitlines())) <= WIDTH


def test_it_says_where_nothing_is_deployed() -> None:
    assert "factloom deploy" in shown(server(deployments=[]))


def test_it_says_how_fresh_the_graph_is_and_which_checkpoints_it_mixes() -> None:
    status = GraphStatus(
        documents={"older@1": 3, "newer@2": 41},
        edges=210,
        possible=30,
        sources=[
            SourceState(name="mine", failed=2),
            SourceState(
                name="press",
                documents=44,
                position="x" * 500,
                ingested_at="2026-02-01T02:27:00Z",
            ),
        ],
    )
    told = graph_screen(status)
    assert "holds 44 documents, 210 edges, 30 of them only possible" in told
    assert "champion newer@2 41 documents by newer@2 other 3 documents by older@1" in told
    assert (
        "mine 0 documents, 2 failed; no ingest has completed "
        "press 44 documents, 0 failed; last ingest completed 6 h ago; the next one reads what "
        "changed since factloom failures lists"
    ) in told
    assert "xxx" not in told


def test_it_says_where_no_source_was_read() -> None:
    empty = GraphStatus(documents={}, edges=0, possible=0, sources=[])
    assert "factloom ingest" in graph_screen(empty)


def graph_screen(status: GraphStatus) -> str:
    """Return the graph's part of the screen on one line."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as capture:
        show_graph(console, status, "newer@2", NOW)
    return " ".join(capture.get().split())


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (7_200, "2 h"), (200_000, "2 d")],
)
def test_a_time_span_is_told_in_its_largest_unit(seconds: float, said: str) -> None:
    assert duration(seconds) == said
