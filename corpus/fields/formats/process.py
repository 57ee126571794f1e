"""Reads formats in a process of its own: no file holds up a run, or takes it down.

Every parser has inputs on which it needs years, all of the memory, or a wrong pointer. So each file
has `MAX_SECONDS`, and the process as a whole `MAX_MEMORY_BYTES`; a file at which it ends is refused
by name, and the next one gets a new process.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock, Timer
from typing import Any, BinaryIO

from corpus.fields.formats.formatted import FormatRejected, Formatted
from extractor.schema import Block

MAX_SECONDS = 60.0
MAX_MEMORY_BYTES = 4 * 1024**3
"""Of addresses; parsers reserve more than they use."""
_COMMAND = (sys.executable, "-P", "-m", "corpus.fields.formats")


def read_apart(data: bytes, suffix: str, *, seconds: float = MAX_SECONDS) -> Formatted:
    """Return the document that the bytes of a file hold, read in another process.

    Raises:
        FormatRejected: they are not in the format, hold no text, or take more than there is.
    """
    return _PROCESS.read(data, suffix, seconds)


def answer(found: Formatted | FormatRejected) -> bytes:
    """Return what the process writes of a file: one line."""
    told = {"refused": str(found)} if isinstance(found, FormatRejected) else asdict(found)
    return json.dumps(told).encode() + b"\n"


def _formatted(told: Mapping[str, Any]) -> Formatted:
    if "refused" in told:
        raise FormatRejected(told["refused"])
    return Formatted(**{**told, "blocks": tuple(Block(**block) for block in told["blocks"])})


class _Process:
    """The process that reads, started when it is first needed; one file at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, data: bytes, suffix: str, seconds: float) -> Formatted:
        with self._lock:
            process = self._started()
            late = _Late(process)
            timer = Timer(seconds, late.end)
            timer.start()
            try:
                line = _asked(process, data, suffix)
            finally:
                timer.cancel()
            if line.endswith(b"\n"):
                return _formatted(json.loads(line))
            self.close()
        if late.ended:
            raise FormatRejected(
                f"takes over {seconds:g} seconds to read: save it anew, or split it"
            )
        raise FormatRejected("takes the program that reads it down: save it anew")

    def close(self) -> None:
        """End the process."""
        process, self._running = self._running, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the running process; one that a parent of this one has started is not ours."""
        if self._running is None or self._owner != os.getpid() or self._running.poll() is not None:
            self.close()
            self._running = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._owner = os.getpid()
        return self._running


@dataclass(slots=True)
class _Late:
    """What is done when the time is over."""

    process: subprocess.Popen[bytes]
    ended: bool = False

    def end(self) -> None:
        self.ended = True
        self.process.kill()


def _asked(process: subprocess.Popen[bytes], data: bytes, suffix: str) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps([suffix, len(data)]).encode() + b"\n" + data)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return b""


def asked(source: BinaryIO) -> tuple[str, bytes] | None:
    """Return the suffix and the bytes of the next file that is to be read; None at the end."""
    if not (line := source.readline()):
        return None
    suffix, size = json.loads(line)
    return suffix, source.read(size)


_PROCESS = _Process()
atexit.register(_PROCESS.close)
