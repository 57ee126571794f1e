"""An ingest in a forked process that tells where it is, so that it can be killed there.

The parent has loaded all that is slow (torch, the checkpoint), so that a run costs what it does.
The child reports the begin and the end of each stage by one byte on a pipe; stages overlap.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.files import FileSource
from corpus.records import Page, Record
from extractor.checkpoint import Checkpoint

STAGES = {"R": "reading", "E": "extracting", "W": "writing", "M": "moving the cursor"}
READ_SECONDS = 0.02
"""A page from a server takes about that long; one from a file, nothing that could be hit."""
PAGE = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """When a stage began ('R') or ended ('r')."""

    mark: str
    at: float


class PositionedFiles:
    """A file whose documents are read on from a position, as an index is."""

    def __init__(self, source: FileSource) -> None:
        self.name = source.name
        self._source = source

    def pages(self, position: str) -> Iterator[Page]:
        """Yield the documents from the position on, a few a page."""
        records = [record for page in self._source.pages("") for record in page.records]
        for at in range(int(position or 0), len(records), PAGE):
            time.sleep(READ_SECONDS)
            end = min(at + PAGE, len(records))
            yield Page(records=tuple(records[at:end]), position=str(end))

    def expected(self, position: str) -> int:
        """Return how many documents the file has."""
        return self._source.expected(position)

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield documents by id."""
        return self._source.fetch(ids)

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return what is not there."""
        return self._source.missing(places)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()


@contextmanager
def ingest(path: Path, checkpoint: Checkpoint, log: Path) -> Iterator[Running]:
    """Run an ingest of a file in a child; killed at the end of the context if it still runs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(path, checkpoint, log, writing)
    os.close(writing)
    running = Running(child, reading)
    try:
        yield running
    finally:
        running.kill()
        os.close(reading)


class Running:
    """An ingest that goes on in a child."""

    def __init__(self, child: int, pipe: int) -> None:
        self._child = child
        self._pipe = pipe
        self._ended = False
        self.code: int | None = None
        self.moments: list[Moment] = []

    def until(self, stage: str, occurrence: int) -> bool:
        """Wait until a stage begins for the so-manieth time; False if the run ended before."""
        while not self._ended:
            begun = sum(moment.mark == stage for moment in self.moments)
            if begun >= occurrence:
                return True
            self._read()
        return False

    def wait(self) -> list[Moment]:
        """Wait for its end and return when each stage began and ended."""
        while not self._ended:
            self._read()
        self._reap()
        return self.moments

    def kill(self) -> None:
        """Kill it at once, as kill -9 does, and take in what it said before."""
        if self.code is None:
            os.kill(self._child, signal.SIGKILL)
            while not self._ended:
                self._read()
            self._reap()

    @property
    def inside(self) -> set[str]:
        """The stages that it was in when it ended; they overlap."""
        marks = [moment.mark for moment in self.moments]
        return {stage for stage in STAGES if marks.count(stage) > marks.count(stage.lower())}

    def _read(self) -> None:
        select.select([self._pipe], [], [])
        told = os.read(self._pipe, 4096)
        self._ended = not told
        self.moments += [Moment(chr(byte), time.monotonic()) for byte in told]

    def _reap(self) -> None:
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])


def _child(path: Path, checkpoint: Checkpoint, log: Path, pipe: int) -> None:
    code = 1
    try:
        with log.open("ab") as output:
            os.dup2(output.fileno(), sys.stdout.fileno())
            os.dup2(output.fileno(), sys.stderr.fileno())
        code = _run(path, checkpoint, pipe)
    finally:
        os._exit(code)  # nothing of the parent's may be cleaned up here


def _run(path: Path, checkpoint: Checkpoint, pipe: int) -> int:
    from extractor.pipeline import Extractor
    from flows.components import Components
    from flows.ingest import ingest
    from flows.params import IngestParams
    from graph.client import Graph

    def told(mark: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            os.write(pipe, mark.encode())
            result = act(*arguments, **options)
            os.write(pipe, mark.lower().encode())
            return result

        return wrapped

    def pages(source: PositionedFiles, position: str) -> Iterator[Page]:
        found = iter(read(source, position))
        while (page := told("R", next)(found, None)) is not None:
            yield page

    read = PositionedFiles.pages
    for owner, name, value in (
        (Checkpoint, "from_pretrained", lambda folder: checkpoint),
        (PositionedFiles, "pages", pages),
        (Components, "source", lambda *_, **__: PositionedFiles(FileSource("killed", path))),
        (Extractor, "extract", told("E", Extractor.extract)),
        (Graph, "upsert", told("W", Graph.upsert)),
        (Graph, "move_cursor", told("M", Graph.move_cursor)),
    ):
        setattr(owner, name, value)
    state = ingest(IngestParams(batch_documents=PAGE), return_state=True)
    return 0 if state.is_completed() else 1
