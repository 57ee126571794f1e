"""The local profile as a user has it, on a graph that is empty before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from flows import components
from graph.client import Graph
from graph.server.embedded import EmbeddedServer
from tests.checkpoints import write_tiny_checkpoint
from tests.servers.neo4j import Neo4jServer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a checkpoint that is right about nothing, but fast."""
    return write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def home(embedded_server: EmbeddedServer) -> EmbeddedServer:
    """The home folder's graph server."""
    return embedded_server


@pytest.fixture
def local_profile(
    home: EmbeddedServer,
    tiny_checkpoint: Path,
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Settings of one machine, an empty graph, and a Prefect API."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("FACTLOOM_HOME", str(home.home))
    monkeypatch.setenv("FACTLOOM_GRAPH__PORT", str(home.port))
    monkeypatch.setenv("FACTLOOM_ENTITIES__STARTER", "false")  # many build an index of their own
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(tiny_checkpoint))
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__DEVICE", "cpu")
    empty(home)
    components.close_components()
    yield
    components.close_components()


@pytest.fixture
def graph(local_profile: None) -> Graph:
    """The graph that the flows write to."""
    return components.components().graph


def empty(server: EmbeddedServer | Neo4jServer) -> None:
    """Delete everything in a graph."""
    with GraphDatabase.driver(
        server.uri, auth=(server.username, server.password), notifications_min_severity="OFF"
    ) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_=server.database)
