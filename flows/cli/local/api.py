"""Prefect's API for one machine: a server process for as long as a command runs.

Prefect would start one itself where no PREFECT_API_URL is set, but with its messages on the
terminal, a limit of 20 seconds, and in the terminal's process group: there Ctrl-C would end it
before the run could say how it ended. This one also starts while the model is being loaded.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.cli.local.process import POLL_SECONDS, answers
from flows.errors import PrefectUnavailable
from flows.logs import CONFIG

START_SECONDS = 180.0
STOP_SECONDS = 10.0
QUIET = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
}
"""What the environment may still decide otherwise."""
LOGS = "PREFECT_LOGGING_CONFIG_PATH"
"""Of this process; the server's own log is a file that nobody reads unless it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectServer:
    """A server process that was started; it may still be on its way."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def wait(self) -> None:
        """Return once it answers.

        Raises:
            PrefectUnavailable: it ended, or took too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if answers(self.url):
                return
            time.sleep(POLL_SECONDS)
        raise PrefectUnavailable(f"Prefect's API did not start on this machine; see {self.log}")

    def stop(self) -> None:
        """End it, once this process has sent what it still holds back."""
        _drain()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdin
        self.process.stdin.close()


def start_server(home: Path) -> PrefectServer:
    """Start a server on a free loopback port; its database lies in `home`."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "server.log"
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "flows.cli.local.process", url, "server", "start"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=home,  # Prefect reads a .env of its working folder; ours is not meant for it
            env={**QUIET, **_without_api(os.environ), "PREFECT_HOME": str(home.resolve())},
            stdin=subprocess.PIPE,  # its end is how the server learns that this process is gone
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    return PrefectServer(process=process, url=url, log=log)


@contextmanager
def local_api(home: Path) -> Iterator[PrefectServer | None]:
    """Have an API for the context; starts nothing, and yields None, where one is configured.

    To be entered before Prefect is imported, as Prefect reads the environment then.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault(LOGS, str(CONFIG))
    if os.environ.get("PREFECT_API_URL"):
        yield None
        return
    server = start_server(home / "prefect")
    where = {"PREFECT_API_URL": server.url, "PREFECT_HOME": str((home / "prefect").resolve())}
    with _environment(where):
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the context, and let Prefect read them, and afterwards that they went."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _read_again()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        _read_again()


def _read_again() -> None:
    """Let Prefect read the environment, where it is imported already."""
    if "prefect" in sys.modules:
        from prefect.context import refresh_global_settings_context

        refresh_global_settings_context()


def _without_api(environment: Mapping[str, str]) -> dict[str, str]:
    own = {"PREFECT_API_URL", "PREFECT_SERVER_API_AUTH_STRING", LOGS}
    return {name: value for name, value in environment.items() if name not in own}


def _drain() -> None:
    """Send the logs and events that Prefect sends in the background."""
    if "prefect" not in sys.modules:
        return  # no flow ran
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    APILogHandler().flush()
    EventsWorker.drain_all()
