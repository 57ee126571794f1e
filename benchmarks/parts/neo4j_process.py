"""A real Neo4j with APOC as a process of this machine, and what processor time it takes.

It holds nothing but made-up data, so that it asks for no password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from neo4j import Driver, GraphDatabase

from tests.servers.neo4j import free_port
from tests.servers.neo4j_process import fetched, started, wait

VERSION = "5.26.12"
"""The newest version that APOC's jars on Maven Central fit."""
HEAP_MB = 2048
PAGE_CACHE_MB = 512
DATABASE = "neo4j"


@dataclass(frozen=True, slots=True)
class Neo4jProcess:
    """A running server."""

    uri: str
    process: psutil.Process
    driver: Driver
    """For the benchmark's own questions, beside those that it measures."""

    def cpu_seconds(self) -> float:
        """Return the processor time that the server has taken, from /proc/PID/stat."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def query(self, text: str, **parameters: object) -> list[dict[str, object]]:
        """Return the records of a query; it may open transactions of its own."""
        with self.driver.session(database=DATABASE) as session:
            return session.run(text, parameters).data()

    def rows(self) -> int:
        """Return how many nodes and relationships there are, but for the graph's book-keeping."""
        nodes = "MATCH (n) WHERE NOT n:Schema AND NOT n:Run RETURN count(n) AS count"
        relationships = "MATCH ()-[e]->() RETURN count(e) AS count"
        return sum(int(str(self.query(text)[0]["count"])) for text in (nodes, relationships))

    def empty(self) -> None:
        """Take everything out, but for indexes, constraints and cached plans."""
        each = "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        self.query(f"MATCH (n) {each}")


@contextmanager
def neo4j(home: Path) -> Iterator[Neo4jProcess]:
    """Start a server on an empty folder, and stop it at the end.

    Raises:
        RuntimeError: it did not start.
    """
    port, library = free_port(), fetched(VERSION, apoc=True)
    settings = {
        "dbms.security.auth_enabled": "false",
        "server.memory.pagecache.size": f"{PAGE_CACHE_MB}m",
        "server.directories.plugins": library / "plugins",
    }
    java = (f"-Xms{HEAP_MB}m", f"-Xmx{HEAP_MB}m")
    with started(home, port, library, settings, java) as server:
        uri = f"bolt://127.0.0.1:{port}"
        wait(uri, None, alive=server.alive, log=server.log)
        with GraphDatabase.driver(uri, notifications_min_severity="OFF") as driver:
            yield Neo4jProcess(uri, psutil.Process(server.pid), driver)
