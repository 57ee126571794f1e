"""A real Neo4j for the integration tier: given by address, from Docker, or from Maven's artifacts.

The tier is skipped in one clear line where none of these is to be had; with `CI` set, that fails.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from tests.servers.neo4j_process import OPENED, fetched, started, wait

VERSION = os.environ.get("FACTLOOM_TEST_NEO4J_VERSION", "5.26.30")
SETTINGS: Mapping[str, object] = {
    "dbms.security.auth_enabled": "true",
    "server.memory.pagecache.size": "128m",
}
JAVA = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neo4jServer:
    """Where a Neo4j listens."""

    uri: str
    username: str = "neo4j"
    password: str
    database: str = "neo4j"


@contextmanager
def running(home: Path) -> Iterator[Neo4jServer]:
    """Have a Neo4j for the context, wherever there is one."""
    if uri := os.environ.get("FACTLOOM_TEST_NEO4J_URI"):
        yield Neo4jServer(
            uri=uri,
            username=os.environ.get("FACTLOOM_TEST_NEO4J_USERNAME", "neo4j"),
            password=os.environ["FACTLOOM_TEST_NEO4J_PASSWORD"],
        )
    elif _answers("docker", "info"):
        with _in_docker() as server:
            yield server
    elif shutil.which("javac") and shutil.which("mvn"):
        with _from_maven(home) as server:
            yield server
    else:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("no Neo4j: set FACTLOOM_TEST_NEO4J_URI, run Docker, or install a JDK and Maven")


@contextmanager
def _in_docker() -> Iterator[Neo4jServer]:
    port, password = free_port(), secrets.token_urlsafe(16)
    name = f"factloom-test-neo4j-{port}"
    command = ["docker", "run", "--rm", "--detach", "--name", name]
    command += ["--publish", f"127.0.0.1:{port}:7687", "--env", f"NEO4J_AUTH=neo4j/{password}"]
    subprocess.run([*command, f"neo4j:{VERSION}-community"], check=True, capture_output=True)
    server = Neo4jServer(uri=f"bolt://127.0.0.1:{port}", password=password)
    try:
        _wait(
            server,
            alive=lambda: _answers("docker", "inspect", name),
            log=lambda: f"see docker logs {name}",
        )
        yield server
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=True, capture_output=True)


@contextmanager
def encrypted_neo4j(home: Path, certificates: Path) -> Iterator[Neo4jServer]:
    """Run a Neo4j that speaks Bolt over TLS only, with private.key and public.crt of a folder."""
    _assert_java()
    with _from_maven(home, certificates) as server:
        yield server


@contextmanager
def _from_maven(home: Path, certificates: Path | None = None) -> Iterator[Neo4jServer]:
    port, settings = free_port(), {**SETTINGS, **(_encrypted(certificates) if certificates else {})}
    scheme = "bolt+ssc" if certificates else "bolt"  # the tests of TLS verify, this does not
    with started(home, port, fetched(VERSION), settings, JAVA) as process:
        server = Neo4jServer(uri=f"{scheme}://127.0.0.1:{port}", password="neo4j")
        _wait(server, alive=process.alive, log=process.log)
        yield _with_own_password(server)


def _encrypted(certificates: Path) -> dict[str, object]:
    policy = "dbms.ssl.policy.bolt"
    return {
        f"{policy}.enabled": "true",
        f"{policy}.base_directory": certificates,
        f"{policy}.client_auth": "NONE",
        "server.bolt.tls_level": "REQUIRED",
    }


@contextmanager
def imported_neo4j(home: Path, folder: Path, options: Sequence[str]) -> Iterator[Neo4jServer]:
    """Run a Neo4j on what its own importer makes of the CSV files in a folder."""
    neo4j_admin(home, "database", "import", "full", "neo4j", *options, folder=folder)
    with _from_maven(home) as server:
        yield server


@contextmanager
def neo4j_at(home: Path) -> Iterator[Neo4jServer]:
    """Run a Neo4j of our own on a home folder that knows no users yet."""
    _assert_java()
    with _from_maven(home) as server:
        yield server


def neo4j_admin(home: Path, *arguments: str, folder: Path) -> None:
    """Run a command of `neo4j-admin` on the home folder of a server that is stopped."""
    _assert_java()
    (home / "conf").mkdir(parents=True, exist_ok=True)
    classes = f"{fetched(VERSION)}/*"
    command = ["java", "-Xmx512m", *OPENED, "-cp", classes, "org.neo4j.cli.AdminTool"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = f"{done.stdout}\n{done.stderr}"
        pytest.fail(f"neo4j-admin {' '.join(arguments)} failed:\n{told}")


def _assert_java() -> None:
    if not (shutil.which("javac") and shutil.which("mvn")):
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("no Neo4j of our own: install a JDK and Maven")


def _with_own_password(server: Neo4jServer) -> Neo4jServer:
    """Change the first password, as Neo4j asks before it answers anything else."""
    password = secrets.token_urlsafe(16)
    with GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
            {"old": server.password, "new": password},
            database_="system",
        )
    return Neo4jServer(uri=server.uri, password=password)


def _wait(server: Neo4jServer, *, alive: Callable[[], bool], log: Callable[[], str]) -> None:
    try:
        wait(server.uri, (server.username, server.password), alive=alive, log=log)
    except RuntimeError as error:
        pytest.fail(f"{error}")


def _answers(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
