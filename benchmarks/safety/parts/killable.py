"""A command in a forked process that tells where it is, so that it can be killed there.

The parent has loaded all that is slow (torch, the checkpoint, Prefect), so that a run costs what it
does. The child reports the begin and the end of each stage by one byte on a pipe; stages overlap.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from benchmarks.safety.parts.positioned import PositionedFiles
from corpus.files.source import FileSource
from corpus.source import Gone, Page, id_of
from extractor.checkpoint import Checkpoint

STAGES = {
    "R": "reading",
    "E": "extracting",
    "W": "writing",
    "M": "moving the cursor",
    "X": "retracting",
    "S": "settling",
    "K": "walking",
}
SOURCE = "killed"
PAUSE_SECONDS = 0.02
"""A question to a server takes about that long; one to a file, nothing that could be hit."""
PAGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is run."""

    flow: Literal["ingest", "backfill", "reconcile"]
    path: Path
    """A file of documents."""
    deleted: Set[str] = frozenset()
    """Ids of those that their source marks as deleted."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a stage began ('R') or ended ('r')."""

    mark: str
    at: float


@contextmanager
def running(command: Command, checkpoint: Checkpoint, log: Path) -> Iterator[Running]:
    """Run a command in a child; killed at the end of the context if it still runs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(command, checkpoint, log, writing)
    os.close(writing)
    run = Running(child, reading)
    try:
        yield run
    finally:
        run.kill()
        os.close(reading)


class Running:
    """A command that goes on in a child."""

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


def load() -> None:
    """Import what the children need, so that none of them has to."""
    import flows.backfill.flow
    import flows.reconcile  # noqa: F401


def _child(command: Command, checkpoint: Checkpoint, log: Path, pipe: int) -> None:
    code = 1
    try:
        with log.open("ab") as output:
            os.dup2(output.fileno(), sys.stdout.fileno())
            os.dup2(output.fileno(), sys.stderr.fileno())
        _mark(command, checkpoint, pipe)
        code = _run(command)
    finally:
        os._exit(code)  # nothing of the parent's may be cleaned up here


def _run(command: Command) -> int:
    from prefect.client.schemas import State

    from flows.backfill.flow import backfill
    from flows.ingest.flow import ingest
    from flows.params import BackfillParams, IngestParams, ReconcileParams
    from flows.reconcile import reconcile

    runs: dict[str, Callable[[], State[Any]]] = {
        "ingest": lambda: ingest(IngestParams(), return_state=True),
        "backfill": lambda: backfill(BackfillParams(), return_state=True),
        "reconcile": lambda: reconcile(ReconcileParams(), return_state=True),
    }
    return 0 if runs[command.flow]().is_completed() else 1


def _mark(command: Command, checkpoint: Checkpoint, pipe: int) -> None:
    """Let each stage tell when it begins and ends, and the command have its source and model."""
    import flows.backfill.flow
    import flows.reconcile
    from extractor.pipeline import Extractor
    from flows.components import Components
    from graph.writing.writer import GraphWriter

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
            records = (
                Gone(document=id_of(each)) if id_of(each) in command.deleted else each
                for each in page.records
            )
            yield replace(page, records=tuple(records))

    def missing(source: PositionedFiles, places: Any) -> Any:
        time.sleep(PAUSE_SECONDS)
        return look(source, places)

    def source(*_: Any, **__: Any) -> PositionedFiles:
        return PositionedFiles(FileSource(SOURCE, command.path), page=PAGE, seconds=PAUSE_SECONDS)

    read, look = PositionedFiles.pages, PositionedFiles.missing
    replaced: tuple[tuple[Any, str, Any], ...] = (
        (Checkpoint, "from_pretrained", lambda _: checkpoint),
        (Components, "source", source),
        (PositionedFiles, "pages", pages),
        (PositionedFiles, "missing", told("K", missing)),
        (Extractor, "attempt", told("E", Extractor.attempt)),
        (GraphWriter, "upsert", told("W", GraphWriter.upsert)),
        (GraphWriter, "retract", told("X", GraphWriter.retract)),
        (GraphWriter, "move_cursor", told("M", GraphWriter.move_cursor)),
        (flows.backfill.flow, "adopt_champion", told("S", flows.backfill.flow.adopt_champion)),
        (flows.reconcile, "WALK", PAGE),
    )
    for owner, name, value in replaced:
        setattr(owner, name, value)
