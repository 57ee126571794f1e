"""Progress of a run: an artifact at Prefect, and whoever listens in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.run.patience import hurried
from flows.run.showing import showing

STEP_PERCENT = 2.0
"""The artifact moves in steps of this size: each is a request and a row at Prefect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come."""

    done: int
    total: int
    unit: str
    """'documents', 'steps'."""
    note: str = ""
    """What else to show beside it."""

    @property
    def percent(self) -> float:
        """Percent done; all of nothing is everything."""
        return 100.0 * min(self.done, self.total) / self.total if self.total else 100.0


Listener = Callable[[Progress], None]

listener: ContextVar[Listener] = ContextVar("listener", default=lambda progress: None)
"""Set by the command line to show a bar."""


class ProgressArtifact:
    """The progress artifact of a run; made with the first step."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._id: UUID | None = None
        self._shown = 0.0
        self._last: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Tell the listener, and Prefect where the step is large enough."""
        listener.get()(progress)
        self._last = progress
        with showing(self._key), hurried():
            self._store(progress.percent)

    def complete(self) -> None:
        """Show that all is done: how much there would be was an estimate."""
        if self._last is not None:
            self.show(replace(self._last, total=self._last.done))

    def _store(self, percent: float) -> None:
        if self._id is None:
            created = create_progress_artifact(progress=percent, key=self._key)
            assert isinstance(created, UUID)  # a coroutine only where an event loop runs
            self._id, self._shown = created, percent
        elif percent - self._shown >= STEP_PERCENT or percent == 100.0 > self._shown:
            update_progress_artifact(artifact_id=self._id, progress=percent)
            self._shown = percent
