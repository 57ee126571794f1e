"""Both servers that the graph must be the same on, each emptied before a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from neo4j import READ_ACCESS, GraphDatabase

from graph.client import Graph, connect
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import Neo4jServer

EACH_EMPTIES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
"""For what is tried again and again on one database, and empties it itself."""
SERVERS = ["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)]


class Database:
    """One of the servers, with a side door for what the graph's own methods must not do."""

    def __init__(self, server: EmbeddedServer | Neo4jServer) -> None:
        self.embedded = isinstance(server, EmbeddedServer)
        self._server = server
        self._driver = GraphDatabase.driver(
            server.uri, auth=(server.username, server.password), notifications_min_severity="OFF"
        )

    def connect(self) -> Graph:
        """Return the graph as the program opens it."""
        return connect(
            self._server.uri,
            username=self._server.username,
            password=self._server.password,
            database=self._server.database,
        )

    def reader(self, seconds: float) -> Graph:
        """Return the graph as people's questions open it, which the server answers for so long."""
        username, password = self._reader(seconds)
        return connect(
            self._server.uri,
            username=username,
            password=password,
            database=self._server.database,
            seconds=seconds,
        )

    def run_as_reader(self, cypher: str) -> list[dict[str, Any]]:
        """Run any Cypher as a reader does, but for what the program refuses to send."""
        with (
            GraphDatabase.driver(self._server.uri, auth=self._reader(5)) as driver,
            driver.session(
                database=self._server.database, default_access_mode=READ_ACCESS
            ) as session,
        ):
            return session.run(cypher).data()

    def _reader(self, seconds: float) -> tuple[str, str]:
        if isinstance(self._server, EmbeddedServer):
            return self._server.reader_username(seconds), self._server.reader_password
        return self._server.username, self._server.password

    def run(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run any Cypher and return its records."""
        result = self._driver.execute_query(cypher, parameters, database_=self._server.database)
        return [record.data() for record in result.records]

    def close(self) -> None:
        """Close the side door."""
        self._driver.close()


@pytest.fixture(params=SERVERS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Return an empty database, on the embedded server and on Neo4j in turn."""
    database = Database(request.getfixturevalue(f"{request.param}_server"))
    database.run("MATCH (n) DETACH DELETE n")
    yield database
    database.close()


@pytest.fixture
def graph(database: Database) -> Iterator[Graph]:
    """Return the graph of an empty database, its schema in place."""
    with database.connect() as graph:
        graph.ensure_schema()
        yield graph
