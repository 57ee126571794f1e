"""Neo4j as a process of this machine: the one way in which tests and benchmarks start it.

The jars come from Maven Central, once. Nobody but this machine reaches the server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neo4j import Auth, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from tests.servers.fetching import KEPT, fetching

OPENED = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch")
]
LAUNCHER = Path(__file__).with_name("Neo4jLauncher.java")
SERVER = ("org.neo4j:neo4j", "org.neo4j:neo4j-bolt")
APOC = ("org.neo4j.procedure:apoc-core", "org.neo4j.procedure:apoc-common")
START_SECONDS = 300.0
LOG_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Neo4jProcess:
    """A server that is starting."""

    pid: int
    alive: Callable[[], bool]
    log: Callable[[], str]
    """Returns the end of what it said."""


@contextmanager
def started(
    home: Path, port: int, library: Path, settings: Mapping[str, object], java: Sequence[str]
) -> Iterator[Neo4jProcess]:
    """Start a server on a home folder, and stop it at the end.

    Args:
        home: its folder; made where it is missing.
        port: where it listens for Bolt.
        library: the folder of its jars.
        settings: what neo4j.conf would say, beside that.
        java: options of Java, such as the size of the heap.
    """
    home.mkdir(parents=True, exist_ok=True)
    file, log = home / "launched.conf", home / "server.log"
    given = {
        "server.bolt.enabled": "true",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "dbms.usage_report.enabled": "false",
        **settings,
    }
    file.write_text("".join(f"{key}={value}\n" for key, value in given.items()), encoding="utf-8")
    command = ["java", *java, *OPENED, "-cp", f"{library}/*", str(LAUNCHER), str(home), str(file)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Neo4jProcess(
            pid=process.pid,
            alive=lambda: process.poll() is None,
            log=lambda: log.read_text(encoding="utf-8", errors="replace")[-LOG_CHARACTERS:],
        )
    finally:
        process.terminate()
        process.wait(timeout=120)


def wait(
    uri: str,
    auth: tuple[str, str] | Auth | None,
    *,
    alive: Callable[[], bool],
    log: Callable[[], str],
) -> None:
    """Wait until a server answers, if only that its first password must be changed.

    Raises:
        RuntimeError: it did not start; the message ends with what it said.
    """
    deadline = time.monotonic() + START_SECONDS
    while alive() and time.monotonic() < deadline:
        try:
            with (
                GraphDatabase.driver(uri, auth=auth) as driver,
                driver.session(database="system") as session,
            ):
                session.run("SHOW DATABASES").consume()
                return
        except AuthError:
            pass  # it listens before it knows its first user
        except (DriverError, Neo4jError) as error:
            if "CredentialsExpired" in str(error):
                return
        time.sleep(0.5)
    raise RuntimeError(f"Neo4j did not start:\n{log()}")


def fetched(version: str, *, apoc: bool = False) -> Path:
    """Return the folder of a server's jars, downloaded once; APOC's lie once more in plugins/."""
    folder = KEPT / f"neo4j-{version}{'-apoc' if apoc else ''}"
    with fetching():
        if not folder.exists():
            draft = folder.with_name(f"{folder.name}.{os.getpid()}")
            (draft / "plugins").mkdir(parents=True)
            (draft / "pom.xml").write_text(_pom(version, (*SERVER, *APOC) if apoc else SERVER))
            command = ["mvn", "-q", "-B", "-f", str(draft / "pom.xml")]
            options = [f"-DoutputDirectory={draft}", "-DincludeScope=runtime"]
            subprocess.run([*command, "dependency:copy-dependencies", *options], check=True)
            for jar in draft.glob("apoc-*.jar"):
                shutil.copy(jar, draft / "plugins")
            draft.rename(folder)
    return folder


def _pom(version: str, artifacts: Sequence[str]) -> str:
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version></dependency>"
        for group, _, artifact in (each.partition(":") for each in artifacts)
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>factloom</groupId><artifactId>neo4j-server</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )
