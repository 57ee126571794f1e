"""A real Prefect server for the flows' tests: given by address, or started as a process."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import prefect
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

from flows.cli.local.api import start_server
from flows.cli.local.process import answers
from tests.servers.fetching import KEPT, fetching
from tests.servers.neo4j import free_port

START_SECONDS = 180.0
STOP_SECONDS = 30.0


def give_database(home: Path) -> None:
    """Give a server's folder the empty database that it would take ten seconds to make there."""
    kept = KEPT / f"prefect-{prefect.__version__}.db"
    with fetching():
        if not kept.exists():
            _make_database(kept)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "prefect.db").write_bytes(kept.read_bytes())


def _make_database(path: Path) -> None:
    with TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
            env=os.environ | {"PREFECT_HOME": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        # A copy of the file alone would lack what is only in its log.
        made, copied = (sqlite3.connect(each) for each in (f"{folder}/prefect.db", f"{path}.part"))
        made.backup(copied)
        made.close()
        copied.close()
    Path(f"{path}.part").replace(path)


class RestartedServer:
    """A server that is stopped and started again, at its address and with its database.

    Args:
        command: that starts it.
        environment: of the process.
        folder: its working folder, with its log.
        port: that it listens on, on loopback.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int
    ) -> None:
        self.url = f"http://127.0.0.1:{port}/api"
        self._command = list(command)
        self._environment = dict(environment)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it answers."""
        log = self._folder / "prefect-server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.url):
            told = log.read_text(errors="replace")[-3000:]
            assert self._process.poll() is None, f"Prefect's server ended:\n{told}"
            assert time.monotonic() < deadline, f"Prefect's server does not answer:\n{told}"
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it, as an upgrade does; what it was told stays."""
        assert self._process
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def plain_server(folder: Path) -> RestartedServer:
    """Return a server on SQLite, with its database in the folder."""
    give_database(folder)
    port = free_port()
    environment = os.environ | {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
            "prefect.server.concurrency.lease_storage.filesystem"
        ),
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    return RestartedServer(command, environment, folder, port)


HASTY = {
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
}
"""How often waiting runs, silent sources and new schedules are looked at; else every 5 to 30 s."""


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Have a Prefect API for the context; yields its address."""
    if given := os.environ.get("FACTLOOM_TEST_PREFECT_API_URL"):
        yield given
        return
    give_database(home)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in HASTY.items():
            environment.setenv(name, value)
        server = start_server(home)
    try:
        server.wait()
        yield server.url
    finally:
        server.stop()


def used(address: str) -> AbstractContextManager[object]:
    """Let flows of this process report to the server for the context."""
    return temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_LEVEL: "ERROR"})
