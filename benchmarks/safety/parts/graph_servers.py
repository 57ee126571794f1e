"""The two graph servers as processes of this machine, and the settings that name them alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neo4j import GraphDatabase

from benchmarks.parts.neo4j_process import DATABASE, neo4j
from benchmarks.parts.processes import local_environment
from graph.client import Graph, connect
from graph.server.embedded import EmbeddedServer


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a graph server that runs."""

    uri: str
    username: str
    password: str
    database: str

    @property
    def settings(self) -> dict[str, str]:
        """The variables that name it, whichever it is, by its address."""
        named = {"KIND": "neo4j", "URI": self.uri, "USERNAME": self.username}
        named |= {"PASSWORD": self.password, "DATABASE": self.database}
        return {f"FACTLOOM_GRAPH__{name}": value for name, value in named.items()}

    def connect(self) -> Graph:
        """Return its graph."""
        return connect(
            self.uri, username=self.username, password=self.password, database=self.database
        )

    def empty(self) -> None:
        """Delete everything, the graph's book-keeping too."""
        login = (self.username, self.password)
        with GraphDatabase.driver(self.uri, auth=login, notifications_min_severity="OFF") as driver:
            driver.execute_query("MATCH (n) DETACH DELETE n", database_=self.database)


@contextmanager
def embedded_server(home: Path) -> Iterator[tuple[Access, EmbeddedServer]]:
    """Run an embedded server on a folder."""
    server = EmbeddedServer(home, int(local_environment(home)["FACTLOOM_GRAPH__PORT"]))
    server.start()
    try:
        yield Access(server.uri, server.username, server.password, server.database), server
    finally:
        server.stop()


@contextmanager
def neo4j_server(home: Path) -> Iterator[tuple[Access, None]]:
    """Run a Neo4j on a folder."""
    with neo4j(home) as server:
        yield Access(server.uri, "neo4j", "none needed", DATABASE), None
