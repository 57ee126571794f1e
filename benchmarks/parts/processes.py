"""Run the command line as a user does, and see what time and memory all of it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.parts.report import ROOT

SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended with code 0."""

    seconds: float
    peak_bytes: int
    """Largest sum of resident memory over the command, its children and the graph server."""
    output: str


def local_environment(home: Path) -> dict[str, str]:
    """Return an environment with a home and a graph port of its own, and the default settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FACTLOOM_")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {**kept, "FACTLOOM_HOME": str(home), "FACTLOOM_GRAPH__PORT": str(port)}


def factloom(*arguments: str, environment: dict[str, str]) -> Ran:
    """Run `factloom` and watch it.

    Raises:
        subprocess.CalledProcessError: it ended with another code than 0.
    """
    command = [str(Path(sys.executable).with_name("factloom")), *arguments]
    home = environment["FACTLOOM_HOME"]
    started = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        watch = _Watch(process.pid, home)
        watch.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - started
        watch.stop()
    if process.returncode:
        print(output)
        raise subprocess.CalledProcessError(process.returncode, command)
    return Ran(seconds=seconds, peak_bytes=watch.peak_bytes, output=output)


class _Watch(threading.Thread):
    """Samples the memory of a process, its descendants, and the servers of its home folder."""

    def __init__(self, pid: int, home: str) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._home = home
        self._done = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident, self._processes())))

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _processes(self) -> set[psutil.Process]:
        try:
            mine = psutil.Process(self._pid)
            found = {mine, *mine.children(recursive=True)}
        except psutil.NoSuchProcess:
            found = set()
        # The graph server outlives the command, so it is nobody's child.
        servers = (
            process
            for process in psutil.process_iter(["cmdline"])
            if any(self._home in part for part in process.info["cmdline"] or ())
        )
        return found | {process for server in servers for process in (server, *_children(server))}


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
