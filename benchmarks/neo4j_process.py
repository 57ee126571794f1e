"""A real Neo4j with APOC as a process of this machine, and what processor time it takes.

The jars come from Maven Central, once. Nobody but this machine reaches the server, and it holds
nothing but made-up data, so that it asks for no password.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

VERSION = "5.26.12"
"""The newest version that APOC's jars on Maven Central fit."""
HEAP_MB = 2048
PAGE_CACHE_MB = 512
DATABASE = "neo4j"
START_SECONDS = 300.0
CACHE = Path.home() / ".cache" / "factloom-bench-servers"
LAUNCHER = Path(__file__).parent / "Neo4jLauncher.java"
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
ARTIFACTS = (
    "org.neo4j:neo4j",
    "org.neo4j:neo4j-bolt",
    "org.neo4j.procedure:apoc-core",
    "org.neo4j.procedure:apoc-common",
)
SETTINGS = f"""server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:PORT
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={PAGE_CACHE_MB}m
server.directories.plugins=PLUGINS
"""


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
        SystemExit: it did not start.
    """
    port, library = _free_port(), _library()
    settings = home / "neo4j.conf"
    home.mkdir(parents=True, exist_ok=True)
    text = SETTINGS.replace("PORT", str(port)).replace("PLUGINS", str(library / "plugins"))
    settings.write_text(text)
    command = ["java", f"-Xms{HEAP_MB}m", f"-Xmx{HEAP_MB}m"]
    command += [f"--add-opens={package}=ALL-UNNAMED" for package in OPENED]
    command += ["-cp", f"{library}/*", str(LAUNCHER), str(home), str(settings)]
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    uri = f"bolt://127.0.0.1:{port}"
    try:
        with GraphDatabase.driver(uri, notifications_min_severity="OFF") as driver:
            _wait(server, driver, log)
            yield Neo4jProcess(uri, psutil.Process(server.pid), driver)
    finally:
        server.terminate()
        server.wait(timeout=120)


def _library() -> Path:
    """Return the folder of the server's jars, APOC's once more under plugins/."""
    folder = CACHE / f"neo4j-{VERSION}-apoc"
    if folder.exists():
        return folder
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    (draft / "plugins").mkdir(parents=True)
    (draft / "pom.xml").write_text(_pom())
    command = ["mvn", "-q", "-B", "-f", str(draft / "pom.xml"), "dependency:copy-dependencies"]
    options = [f"-DoutputDirectory={draft}", "-DincludeScope=runtime"]
    subprocess.run([*command, *options], check=True)
    for jar in draft.glob("apoc-*.jar"):
        shutil.copy(jar, draft / "plugins")
    draft.rename(folder)
    return folder


def _pom() -> str:
    parts = (artifact.split(":") for artifact in ARTIFACTS)
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{VERSION}</version></dependency>"
        for group, artifact in parts
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>factloom</groupId><artifactId>neo4j-benchmark</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def _wait(server: subprocess.Popen[bytes], driver: Driver, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with driver.session(database=DATABASE) as session:
                session.run("RETURN 1").consume()
            return
        except (DriverError, Neo4jError):
            time.sleep(0.5)
    raise SystemExit(f"Neo4j {VERSION} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
