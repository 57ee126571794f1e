"""A week of nights on real servers: each ends as it is said to, and the graph misses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.components import close_components, components
from flows.operations.deploy import deploy
from flows.params import IngestParams
from graph.reading.snapshot import diff, snapshot
from tests.e2e.conftest import ROOT, empty
from tests.e2e.operating import Worker
from tests.e2e.running import MARGIN_STEP, run
from tests.e2e.test_production import fill
from tests.e2e.week import BATCH, MAX_CHARACTERS, SOURCE, Stack, Week
from tests.servers.neo4j import Neo4jServer
from tests.servers.prefect import plain_server

pytestmark = [pytest.mark.e2e, pytest.mark.integration, pytest.mark.long]


@pytest.fixture
def stack(
    elasticsearch_url: str,
    neo4j_server: Neo4jServer,
    tiny_checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stack]:
    """Servers with the samples in an index of documents, and an empty graph."""
    prefix = f"factloom-test-{uuid4().hex[:12]}"
    fill(elasticsearch_url, prefix)
    prefect = plain_server(tmp_path)
    settings = {
        "FACTLOOM_PROFILE": "production",
        "FACTLOOM_SOURCE__NAME": SOURCE,
        "FACTLOOM_ELASTICSEARCH__URL": elasticsearch_url,
        "FACTLOOM_ELASTICSEARCH__INDEX": f"{prefix}-alias",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TITLE": "headline",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TEXT": "body",
        "FACTLOOM_ELASTICSEARCH__FIELDS__DELETED": "deleted",
        "FACTLOOM_ENTITIES__INDEX": f"{prefix}-entities",
        "FACTLOOM_GRAPH__URI": neo4j_server.uri,
        "FACTLOOM_GRAPH__USERNAME": neo4j_server.username,
        "FACTLOOM_GRAPH__PASSWORD": neo4j_server.password,
        "FACTLOOM_EXTRACTOR__CHECKPOINT": str(tiny_checkpoint),
        "FACTLOOM_EXTRACTOR__DEVICE": "cpu",
        "FACTLOOM_EXTRACTOR__MAX_CHARACTERS": str(MAX_CHARACTERS),
        "FACTLOOM_RUN__BATCH_DOCUMENTS": str(BATCH),
        "PREFECT_API_URL": prefect.url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)
    close_components()
    empty(neo4j_server)
    prefect.start()
    with (
        temporary_settings({PREFECT_API_URL: prefect.url}),
        get_client(sync_client=True) as client,
        Elasticsearch(elasticsearch_url, request_timeout=60) as elasticsearch,
    ):
        list(deploy())
        yield Stack(
            prefect=prefect,
            client=client,
            without_artifacts=lambda: without_artifacts(tmp_path / "prefect.db"),
            worker=lambda: Worker({}, tmp_path / "worker.log"),
            elasticsearch=elasticsearch,
            read=f"{prefix}-alias",
            written=f"{prefix}-documents-0",
        )
    prefect.stop()
    close_components()


@contextmanager
def without_artifacts(database: Path) -> Iterator[None]:
    """Have Prefect's server find no table of artifacts."""
    with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE artifact RENAME TO artifact_away")
        try:
            yield
        finally:
            connection.execute("ALTER TABLE artifact_away RENAME TO artifact")


def test_a_week_of_nights(stack: Stack, neo4j_server: Neo4jServer) -> None:
    with closing(Week(stack)) as week:
        for night in week.nights():
            assert (night.wrong_states(), night.wrong_counts()) == ([], []), night.name
    followed = snapshot(components().graph)
    empty(neo4j_server)
    run(IngestParams())
    assert diff(followed, snapshot(components().graph), tolerance=MARGIN_STEP) == []
