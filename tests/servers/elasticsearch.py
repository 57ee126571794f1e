"""A real Elasticsearch for the tests, from wherever there is one.

In this order: the address in FACTLOOM_TEST_ELASTICSEARCH_URL; a Docker engine that answers; a JDK
and Maven, with which the server runs as a plain process from Maven Central's artifacts. Without
any, the tests are skipped in one line, and fail where CI is set.
FACTLOOM_TEST_ELASTICSEARCH_VERSION chooses the version.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Self

import pytest

from tests.servers.fetching import KEPT, fetching

VERSION = os.environ.get("FACTLOOM_TEST_ELASTICSEARCH_VERSION", "8.19.20")
_HOME = KEPT / f"elasticsearch-{VERSION}"
_JAVA_NEEDED = 17 if VERSION.startswith("8.") else 21
_SECONDS_TO_START = 300
_LOGGING = """
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""
_DESCRIPTOR = f"""
name=transport-netty4
description=HTTP and transport over Netty
version={VERSION}
classname=org.elasticsearch.transport.netty4.Netty4Plugin
modulename=org.elasticsearch.transport.netty4
elasticsearch.version={VERSION}
java.version=17
has.native.controller=false
"""
_POM = f"""
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>factloom</groupId><artifactId>elasticsearch</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.elasticsearch</groupId>
      <artifactId>elasticsearch</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.elasticsearch.plugin</groupId>
      <artifactId>transport-netty4</artifactId><version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


@contextmanager
def running() -> Iterator[str]:
    """Have a server for the context; benchmarks use it too."""
    java = _java()
    if address := os.environ.get("FACTLOOM_TEST_ELASTICSEARCH_URL"):
        yield address
    elif _docker_answers():
        with _container() as address:
            yield address
    elif java and shutil.which("mvn"):
        with _process(java) as address:
            yield address
    else:
        _give_up(
            f"no Elasticsearch: set FACTLOOM_TEST_ELASTICSEARCH_URL, start Docker, "
            f"or install a JDK of at least {_JAVA_NEEDED} and Maven"
        )


@contextmanager
def node() -> Iterator[Node]:
    """Have a node that can be stopped and started again."""
    with Node(_java_of_our_own(), _home()) as alone:
        yield alone


@contextmanager
def cluster() -> Iterator[tuple[Node, Node]]:
    """Have a master and a second node that may be killed and started again."""
    java, home = _java_of_our_own(), _home()
    with (
        Node(java, home, cluster=True) as master,
        Node(java, home, cluster=True, master=master) as second,
    ):
        yield master, second


def _java_of_our_own() -> Path:
    java = _java()
    if not java or not shutil.which("mvn"):
        _give_up(f"no node of Elasticsearch: install a JDK of at least {_JAVA_NEEDED} and Maven")
    return java


def _give_up(missing: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _docker_answers() -> bool:
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


@contextmanager
def _container() -> Iterator[str]:
    command = ["docker", "run", "--detach", "--rm", "--publish", "127.0.0.1::9200"]
    for setting in ("discovery.type=single-node", "xpack.security.enabled=false"):
        command += ["--env", setting]
    command += ["--env", "ES_JAVA_OPTS=-Xms256m -Xmx512m", f"elasticsearch:{VERSION}"]
    container = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        port = subprocess.run(
            ["docker", "port", container, "9200/tcp"], check=True, capture_output=True, text=True
        ).stdout.strip()
        address = f"http://{port.splitlines()[0]}"
        _wait(address, lambda: None)
        yield address
    finally:
        subprocess.run(["docker", "rm", "--force", container], check=False, capture_output=True)


@contextmanager
def _process(java: Path) -> Iterator[str]:
    with Node(java, _home()) as node:
        yield node.address


class Node:
    """A node as a plain process: it can be killed and started again with its data.

    Args:
        java: The JDK's java.
        home: The server's folder.
        master: For a node of a cluster: its master, or None where it is the master itself.
        cluster: Whether other nodes may join.
    """

    def __init__(
        self, java: Path, home: Path, *, master: Node | None = None, cluster: bool = False
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="factloom-elasticsearch-")
        self._data = Path(self._folder.name)
        self._log = self._data / "server.log"
        port, self._transport_port = _free_ports()
        self.address = f"http://127.0.0.1:{port}"
        self._server: subprocess.Popen[bytes] | None = None
        (self._data / "config").mkdir()
        (self._data / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        launcher = Path(__file__).with_name("ElasticsearchLauncher.java")
        self._command = [
            *(str(java), "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),
            *("--module-path", str(home / "lib")),
            *("--add-modules=jdk.net", "--add-modules=ALL-MODULE-PATH"),
            "--add-opens=java.base/java.io=org.elasticsearch.server",
            f"-Dlog4j.configurationFile={self._data / 'log4j2.properties'}",
            *(str(launcher), str(home), str(self._data), str(port), str(self._transport_port)),
        ]
        if cluster:
            self._command.append(str((master or self)._transport_port))

    def start(self) -> None:
        """Start the process, and return when it answers."""
        with self._log.open("ab") as output:
            self._server = subprocess.Popen(
                self._command, stdout=output, stderr=subprocess.STDOUT, cwd=self._data
            )
        _wait(self.address, self._dead)

    def runs(self) -> bool:
        """Return whether the process is alive."""
        return self._server is not None and self._server.poll() is None

    def kill(self) -> None:
        """End the process at once, as a crash does."""
        assert self._server
        self._server.kill()
        self._server.wait()

    def keep_data(self) -> Path:
        """Copy the data of a node that does not run, and return where to."""
        assert not self.runs()
        kept = self._data / "kept"
        shutil.copytree(self._data / "data", kept)
        return kept

    def put_back(self, kept: Path) -> None:
        """Have a node that does not run begin again from a copy of its data."""
        assert not self.runs()
        shutil.rmtree(self._data / "data")
        shutil.copytree(kept, self._data / "data")

    def _dead(self) -> str | None:
        if self.runs():
            return None
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server
        self._server.terminate()
        try:
            self._server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
        self._folder.cleanup()


def _java() -> Path | None:
    """Return the oldest JDK that will do: JAVA_HOME, on the path, where Debian installs them."""
    found: dict[int, Path] = {}
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += [Path(path).resolve().parents[1] for path in [shutil.which("javac")] if path]
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    for home in homes:
        java = home / "bin" / "java"
        if (home / "bin" / "javac").exists() and java.exists():
            told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
            if version := re.search(r'version "(\d+)', told.stderr):
                found.setdefault(int(version[1]), java)
    return next((found[version] for version in sorted(found) if version >= _JAVA_NEEDED), None)


def _home() -> Path:
    """Return the server's folder, filled once from Maven Central and then kept."""
    with fetching():
        if not _HOME.is_dir():
            _fetch()
    return _HOME


def _fetch() -> None:
    with tempfile.TemporaryDirectory(dir=KEPT, prefix="fetching-") as folder:
        (Path(folder) / "pom.xml").write_text(_POM, encoding="utf-8")
        home = Path(folder) / "home"
        command = ["mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={home / 'lib'}"]
        fetched = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if fetched.returncode:
            pytest.fail(f"Maven could not fetch Elasticsearch {VERSION}: {fetched.stdout[-2000:]}")
        module = home / "modules" / "transport-netty4"
        module.mkdir(parents=True)
        for pattern in ("netty-*.jar", "transport-netty4-*.jar"):
            for jar in (home / "lib").glob(pattern):
                jar.rename(module / jar.name)
        (module / "plugin-descriptor.properties").write_text(_DESCRIPTOR, encoding="utf-8")
        home.rename(_HOME)


def _free_ports() -> tuple[int, int]:
    local = ("127.0.0.1", 0)
    with socket.create_server(local) as http, socket.create_server(local) as transport:
        return http.getsockname()[1], transport.getsockname()[1]


def _wait(address: str, dead: Callable[[], str | None]) -> None:
    """Wait until the node can hold an index, or fail with the end of its log."""
    health = f"{address}/_cluster/health?wait_for_status=yellow&timeout=5s"
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(health, timeout=10) as answer:
                if not json.load(answer)["timed_out"]:
                    return
        except (OSError, ValueError):
            time.sleep(0.3)
        if (log := dead()) is not None:
            pytest.fail(f"Elasticsearch {VERSION} ended while starting:\n{log}")
    pytest.fail(f"Elasticsearch {VERSION} was not ready after {_SECONDS_TO_START} s")
