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

import pytest

VERSION = os.environ.get("FACTLOOM_TEST_ELASTICSEARCH_VERSION", "8.19.20")
_CACHE = Path.home() / ".cache" / "factloom-test-servers" / f"elasticsearch-{VERSION}"
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


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Address of a running Elasticsearch; tests choose index names of their own."""
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
        missing = (
            f"no Elasticsearch: set FACTLOOM_TEST_ELASTICSEARCH_URL, start Docker, "
            f"or install a JDK of at least {_JAVA_NEEDED} and Maven"
        )
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
    home = _home()
    launcher = Path(__file__).with_name("ElasticsearchLauncher.java")
    port, transport_port = _free_ports()
    with tempfile.TemporaryDirectory(prefix="factloom-elasticsearch-") as folder:
        data = Path(folder)
        (data / "config").mkdir()
        (data / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
        log = data / "server.log"
        command = [
            *(str(java), "-Xms256m", "-Xmx512m"),
            *("--module-path", str(home / "lib")),
            *("--add-modules=jdk.net", "--add-modules=ALL-MODULE-PATH"),
            "--add-opens=java.base/java.io=org.elasticsearch.server",
            f"-Dlog4j.configurationFile={data / 'log4j2.properties'}",
            *(str(launcher), str(home), str(data), str(port), str(transport_port)),
        ]
        with log.open("wb") as output:
            server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=data)

        def dead() -> str | None:
            if server.poll() is None:
                return None
            return log.read_text(encoding="utf-8", errors="replace")[-3000:]

        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, dead)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


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
    if _CACHE.is_dir():
        return _CACHE
    _CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE.parent, prefix="fetching-") as folder:
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
        try:
            home.rename(_CACHE)
        except OSError:
            if not _CACHE.is_dir():  # else another run was faster
                raise
    return _CACHE


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
