"""The servers of a session: each starts when a test first asks for it, and is loaded only then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from graph.server.embedded import EmbeddedServer
    from tests.servers.elasticsearch import Node
    from tests.servers.neo4j import Neo4jServer


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """An embedded graph server in a home folder of its own."""
    from graph.server.embedded import EmbeddedServer
    from tests.servers.neo4j import free_port

    server = EmbeddedServer(tmp_path_factory.mktemp("home"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A Neo4j."""
    from tests.servers import neo4j

    with neo4j.running(tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Address of an Elasticsearch; tests choose index names of their own."""
    from tests.servers import elasticsearch

    with elasticsearch.running() as address:
        yield address


@pytest.fixture(scope="session")
def elasticsearch_cluster() -> Iterator[tuple[Node, Node]]:
    """A master and a second node that tests may kill and start again."""
    from tests.servers import elasticsearch

    with elasticsearch.cluster() as nodes:
        yield nodes


@pytest.fixture
def elasticsearch_node() -> Iterator[Node]:
    """A node of a test's own."""
    from tests.servers import elasticsearch

    with elasticsearch.node() as node:
        yield node


@pytest.fixture(scope="session")
def prefect_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Prefect API."""
    from tests.servers import prefect

    with prefect.running(tmp_path_factory.mktemp("prefect")) as address:
        yield address


@pytest.fixture
def prefect_api(prefect_url: str) -> Iterator[str]:
    """Let flows that the test calls report to the server; returns its address."""
    from tests.servers import prefect

    with prefect.used(prefect_url):
        yield prefect_url
