"""Nights of a real Prefect server, Elasticsearch and Neo4j: they pass, crash, queue, are mended.

One story, as each of its parts needs the ones before it, and processes that take seconds to start.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from elasticsearch import Elasticsearch
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas import FlowRun
from typer.testing import CliRunner

from flows.cli.app import app
from flows.components import close_components, components
from flows.operations.automations import apply
from flows.operations.deploy import deploy
from flows.run.slots import GPU, WRITER
from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from tests.e2e.conftest import ROOT, empty
from tests.e2e.operating import Worker, ended, start, started_by_schedule, until
from tests.e2e.running import MARGIN_STEP, artifact
from tests.e2e.test_production import fill
from tests.servers.neo4j import Neo4jServer

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

BATCH = 2
DOCUMENTS = 44
LONG = "samples:long"
CRASHED_WITHIN_SECONDS = 120.0


@pytest.fixture
def operated(
    elasticsearch_url: str,
    neo4j_server: Neo4jServer,
    tiny_checkpoint: Path,
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[SyncPrefectClient]:
    """Everything deployed, one document of 45 too long to be processed; the graph is empty."""
    prefix = f"factloom-test-{uuid4().hex[:12]}"
    fill(elasticsearch_url, prefix)
    index_long(elasticsearch_url, prefix, "Ada Lovelace was born in London. " * 100)
    settings = {
        "FACTLOOM_PROFILE": "production",
        "FACTLOOM_SOURCE__NAME": "samples",
        "FACTLOOM_ELASTICSEARCH__URL": elasticsearch_url,
        "FACTLOOM_ELASTICSEARCH__INDEX": f"{prefix}-alias",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TITLE": "headline",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TEXT": "body",
        "FACTLOOM_ENTITIES__INDEX": f"{prefix}-entities",
        "FACTLOOM_GRAPH__URI": neo4j_server.uri,
        "FACTLOOM_GRAPH__USERNAME": neo4j_server.username,
        "FACTLOOM_GRAPH__PASSWORD": neo4j_server.password,
        "FACTLOOM_EXTRACTOR__CHECKPOINT": str(tiny_checkpoint),
        "FACTLOOM_EXTRACTOR__DEVICE": "cpu",
        "FACTLOOM_EXTRACTOR__MAX_CHARACTERS": "1500",
        "FACTLOOM_RUN__BATCH_DOCUMENTS": str(BATCH),
        "PREFECT_API_URL": prefect_api,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    close_components()
    empty(neo4j_server)
    with get_client(sync_client=True) as client:
        list(deploy())
        yield client
        list(apply(client, []))
        for each in client.read_deployments():
            client.delete_deployment(each.id)
    close_components()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Worker]]:
    """Workers that the test starts; none outlives it."""
    started: list[Worker] = []
    yield started
    for each in started:
        each.stop()


def test_nights(
    operated: SyncPrefectClient,
    workers: list[Worker],
    neo4j_server: Neo4jServer,
    elasticsearch_url: str,
    tmp_path: Path,
) -> None:
    client, graph = operated, components().graph
    workers.append(Worker({}, tmp_path / "first.log"))

    # A night passes: the schedule starts a run of more than 20 batches, and it can be watched.
    night = started_by_schedule(client, "ingest/nightly")
    seen = watched(client, graph, night)
    assert_completed(client, night, tmp_path)
    assert DOCUMENTS // BATCH > 20
    assert any(0 < done < DOCUMENTS for done in seen), "it was over before anybody could see it"
    clean = snapshot(graph)
    assert graph.counts()["documents"] == DOCUMENTS
    assert LONG in artifact("failed-documents")

    # A night is killed in the middle, with its worker.
    empty(neo4j_server)
    killed = start(client, "ingest/nightly")
    until(lambda: begun(graph) and graph.counts()["documents"] >= 4 * BATCH, "nothing is written")
    workers.pop().kill()
    killed_at = time.monotonic()
    assert graph.counts()["documents"] < DOCUMENTS, "it was over before it was killed"

    # Two more are started meanwhile, by whoever notices. They wait for it, and for each other.
    workers.append(Worker({}, tmp_path / "second.log"))
    queued = [start(client, "ingest/nightly") for _ in range(2)]
    assert ended(client, killed).state_name == "Crashed"
    assert time.monotonic() - killed_at < CRASHED_WITHIN_SECONDS
    for run in queued:
        assert_completed(client, run, tmp_path)
    one, other = sorted((client.read_flow_run(each) for each in queued), key=start_of)
    assert one.end_time is not None
    assert start_of(other) >= one.end_time.timestamp()
    assert diff(snapshot(graph), clean, tolerance=MARGIN_STEP) == []

    # What failed is seen, mended, and tried again; two flows that both write wait for each other.
    shown = CliRunner().invoke(app, ["failures"])
    assert LONG in shown.output
    shown = CliRunner().invoke(app, ["status"])
    assert "Crashed" in shown.output
    assert "1 failed" in shown.output
    index = os.environ["FACTLOOM_ELASTICSEARCH__INDEX"].removesuffix("-alias")
    index_long(elasticsearch_url, index, "Ada Lovelace was born in London.")
    both = [start(client, "replay/on-demand"), start(client, "reconcile/weekly")]
    for run in both:
        assert_completed(client, run, tmp_path)
    assert "0 documents" in CliRunner().invoke(app, ["failures"]).output
    assert LONG in graph.known([LONG])
    spans = graph.query(
        "MATCH (r:Run) WHERE r.flow IN ['replay', 'reconcile'] "
        "RETURN r.started_at AS began, r.finished_at AS ended ORDER BY began"
    )
    assert len(spans) == 2
    assert all(before["ended"] <= after["began"] for before, after in pairwise(spans))
    for name in (WRITER, GPU):
        assert client.read_global_concurrency_limit_by_name(name).active_slots == 0


def watched(client: SyncPrefectClient, graph: Graph, run: UUID) -> set[int]:
    """Return the numbers of documents that the graph was seen to hold until a run had ended."""
    seen: set[int] = set()

    def look() -> bool:
        seen.add(graph.counts()["documents"])
        state = client.read_flow_run(run).state
        return state is not None and state.is_final()

    until(look, "the run has not ended")
    return seen


def assert_completed(client: SyncPrefectClient, run: UUID, logs: Path) -> None:
    """Fail with the workers' logs unless a run completes."""
    found = ended(client, run)
    said = "\n".join(path.read_text(errors="replace")[-4_000:] for path in logs.glob("*.log"))
    assert found.state_name == "Completed", f"{found.state}\n{said}"


def start_of(run: FlowRun) -> float:
    """Return when a run began, in seconds."""
    assert run.start_time is not None
    return run.start_time.timestamp()


def begun(graph: Graph) -> bool:
    """Return whether the graph has been told of a run."""
    return bool(graph.query("MATCH (r:Run {state: 'Running'}) RETURN r.id AS id"))


def index_long(url: str, prefix: str, text: str) -> None:
    """Store the document that is too long, or mend it."""
    body = {
        "headline": "Long",
        "body": text,
        "updated_at": "2026-01-31T12:00:00Z",
        "url": "https://example.org/long",
    }
    with Elasticsearch(url, request_timeout=60) as server:
        server.index(index=f"{prefix}-documents-0", id="long", document=body, refresh=True)
