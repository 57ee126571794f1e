"""A source in Elasticsearch and a graph on the embedded server, both real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.client import Graph
from graph.server.embedded import EmbeddedServer
from tests.integration.corpus.conftest import client as client
from tests.integration.corpus.conftest import fill as fill
from tests.integration.corpus.conftest import name as name
from tests.integration.corpus.conftest import server as server
from tests.integration.graph.conftest import Database


@pytest.fixture
def graph(embedded_server: EmbeddedServer) -> Iterator[Graph]:
    """Return an empty graph, its schema in place."""
    database = Database(embedded_server)
    database.run("MATCH (n) DETACH DELETE n")
    with database.connect() as connected:
        connected.ensure_schema()
        yield connected
    database.close()
