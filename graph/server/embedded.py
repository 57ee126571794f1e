"""EmbeddedServer: start, wait for, and stop the graph server of one machine.

The server is a process of its own that survives the one that started it. It holds a lock on a file
for as long as it lives, so a crash can leave no stale state: no lock, no server.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from graph.errors import GraphRejected, PortTaken, ServerFailed

DATABASE = "factloom"
READER_SECONDS = (1, 5, 15, 60, 300, 900, 3600)
"""Each has an account that can only read, whose queries the server ends after so many seconds."""
HOST = "127.0.0.1"
START_SECONDS = 180.0
STOP_SECONDS = 60.0
BOLT_HANDSHAKE = bytes.fromhex("6060b017 00000405 00000004 00000000 00000000")
"""Bolt's magic number, then the versions offered: 5.4 and 4.0."""


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """Where the server of one folder keeps what belongs to the process, not to the data."""

    folder: Path

    @property
    def lock(self) -> Path:
        """Locked while the server lives."""
        return self.folder / "server.lock"

    @property
    def state(self) -> Path:
        """Process id, port and number of readers, written once Bolt listens."""
        return self.folder / "server.json"

    @property
    def password(self) -> Path:
        """The server's password, readable by its owner only."""
        return self.folder / "password"

    @property
    def reader_password(self) -> Path:
        """The password of the accounts that can only read, readable by its owner only."""
        return self.folder / "reader-password"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.folder / "server.log"


@contextmanager
def hold_lock(files: ServerFiles, *, patience_seconds: float = 0.0) -> Iterator[None]:
    """Hold the folder's lock.

    Raises:
        BlockingIOError: another process keeps it, so a server runs on this folder.
    """
    deadline = time.monotonic() + patience_seconds
    with files.lock.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.05)
        yield


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """The graph server of one home folder; its data and password live under `home`/graph."""

    home: Path
    port: int = 7688
    username: ClassVar[str] = "root"
    database: ClassVar[str] = DATABASE

    @property
    def files(self) -> ServerFiles:
        """The server's files."""
        return ServerFiles(self.home.resolve() / "graph")

    @property
    def uri(self) -> str:
        """The address for `graph.client.connect`."""
        return f"bolt://{HOST}:{self.port}"

    @property
    def password(self) -> str:
        """The server's password, made on first use and kept in a file of mode 0600."""
        return _secret(self.files.password)

    @property
    def reader_password(self) -> str:
        """The password of every reader, made and kept likewise."""
        return _secret(self.files.reader_password)

    def reader_username(self, seconds: float) -> str:
        """Return the account that can only read, and for so long, or a little longer.

        Raises:
            GraphRejected: the server gives no query so much time.
        """
        for limit in READER_SECONDS:
            if seconds <= limit:
                return reader(limit)
        raise GraphRejected(
            f"the embedded graph server gives no query more than {READER_SECONDS[-1]} s, and not "
            f"{seconds:g}: ask for less"
        )

    def running(self) -> bool:
        """Return whether a server lives on this folder."""
        if not self.files.lock.exists():
            return False
        try:
            with hold_lock(self.files):
                return False
        except BlockingIOError:
            return True

    def start(self) -> None:
        """Start the server and wait until it answers; does nothing where it already runs.

        Raises:
            PortTaken: another program listens on the port.
            ServerFailed: the server ended or did not answer; the message has the end of its log.
        """
        _ = self.password, self.reader_password
        process: subprocess.Popen[bytes] | None = None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.running():
                state = self._state()
                if state and self._answers(state["port"]):
                    self._check(state)
                    return
            elif process is None:
                process = self._spawn()
            elif process.poll() is not None:
                raise ServerFailed(f"the graph server ended while starting:\n{self._log_end()}")
            time.sleep(0.1)
        raise ServerFailed(f"the graph server did not answer in time:\n{self._log_end()}")

    def stop(self) -> bool:
        """Stop the server, its databases closed; returns whether there was one.

        Raises:
            ServerFailed: it did not end in time.
        """
        found = self.running()
        deadline = time.monotonic() + STOP_SECONDS
        while self.running():
            if time.monotonic() > deadline:
                raise ServerFailed(f"the graph server does not end; see {self.files.log}")
            if state := self._state():
                with suppress(ProcessLookupError):
                    os.kill(state["pid"], signal.SIGTERM)
            time.sleep(0.1)
        return found

    def _spawn(self) -> subprocess.Popen[bytes]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError as error:
                raise PortTaken(
                    f"port {self.port} on {HOST} is taken by another program: stop it, or choose "
                    "another port with FACTLOOM_GRAPH__PORT"
                ) from error
        self.files.state.unlink(missing_ok=True)
        with self.files.log.open("ab") as log:
            return _Daemon(
                [
                    sys.executable,
                    "-m",
                    "graph.server.process",
                    str(self.files.folder),
                    str(self.port),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
            )

    def _state(self) -> dict[str, int] | None:
        """Return what the server wrote once Bolt listened: its `pid`, `port` and `readers`."""
        with suppress(FileNotFoundError, json.JSONDecodeError):
            return dict(json.loads(self.files.state.read_text()))
        return None

    def _answers(self, port: int) -> bool:
        """Return whether Bolt speaks on the port; a killed server may keep its lock a moment."""
        with suppress(OSError), socket.create_connection((HOST, port), timeout=5.0) as connection:
            connection.sendall(BOLT_HANDSHAKE)
            return len(connection.recv(4)) == 4
        return False

    def _check(self, state: dict[str, int]) -> None:
        if state["port"] != self.port:
            raise ServerFailed(
                f"the graph server of {self.home} already runs on port {state['port']}, not "
                f"{self.port}: stop it first, or use its port"
            )
        if "readers" not in state:
            raise ServerFailed(
                "the graph server that runs was started by an older version, and has no account "
                "that can only read: stop it with factloom down"
            )

    def _log_end(self) -> str:
        lines = self.files.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-20:])


def reader(seconds: int) -> str:
    """Return the name of the account, and group, whose queries end after so many seconds."""
    return f"reader-{seconds}"


def _secret(path: Path) -> str:
    """Return the password in a file, which is made where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(24))
        with suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all, and the first of two starters wins
        draft.unlink()
    return path.read_text().strip()


class _Daemon(subprocess.Popen[bytes]):
    """A process that is meant to outlive this one, so that dropping it is no mistake."""

    def __del__(self) -> None:
        self.poll()  # reaps it where it has ended; Popen's own finalizer would warn
