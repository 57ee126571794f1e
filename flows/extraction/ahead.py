"""Batches on their way through extraction while the ones before them are written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass

from extractor.schema import Document
from flows.errors import ExtractedElsewise
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place
from flows.work import Work
from graph.records import RunInfo

Submit = Callable[[tuple[Document, ...]], Callable[[], Outcome]]
"""Starts extracting documents; what it returns waits for the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A batch whose documents were extracted."""

    work: Work
    outcome: Outcome | None
    """None where there was nothing to extract."""
    reading: float
    """Seconds until the batch was found."""


def extracted_ahead(
    works: Iterator[Work], place: Place, submit: Submit, run: RunInfo
) -> Generator[Extracted, None, None]:
    """Yield batches in their order, with up to `place.ahead` of them in hand.

    A batch is taken from `works` only when the one `place.ahead` before it is done with, which
    `plan` counts on.

    Raises:
        ExtractedElsewise: a batch was extracted with another checkpoint or configuration.
    """
    waiting: deque[tuple[Work, Callable[[], Outcome] | None, float]] = deque()
    started = time.perf_counter()
    try:
        while work := next(works, None):
            reading = time.perf_counter() - started
            waiting.append((work, submit(work.documents) if work.documents else None, reading))
            if len(waiting) == place.ahead:
                yield _first(waiting, run)
            started = time.perf_counter()
        while waiting:
            yield _first(waiting, run)
    finally:
        place.stop()
        for _, wait, _ in waiting:
            with suppress(Exception):  # nobody will use it
                if wait:
                    wait()


def _first(
    waiting: deque[tuple[Work, Callable[[], Outcome] | None, float]], run: RunInfo
) -> Extracted:
    work, wait, reading = waiting.popleft()
    outcome = wait() if wait else None
    if outcome is not None:
        _check(outcome, run)
    return Extracted(work=work, outcome=outcome, reading=reading)


def _check(outcome: Outcome, run: RunInfo) -> None:
    if outcome.checkpoint != run.checkpoint:
        raise ExtractedElsewise(
            f"a batch was extracted with another checkpoint, {outcome.checkpoint}; this run's is "
            f"{run.checkpoint}: give all workers the same models folder, and start the run again"
        )
    if outcome.config_hash != run.config_hash:
        raise ExtractedElsewise(
            "a batch was extracted with another entity index or precision than this run's: "
            "give all workers the same settings, and start the run again"
        )
