"""Batches on their way through extraction while the ones before them are written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from extractor.schema import Document
from flows.errors import ExtractedElsewise
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place
from flows.logs import batch_of
from flows.work import Work
from graph.records import RunInfo

Submit = Callable[[tuple[Document, ...]], Callable[[], Outcome]]
"""Starts extracting documents; what it returns waits for the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A batch whose documents were extracted."""

    number: int
    """Of the batch in its run, counted from 1; lines of the log carry it."""
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
    waiting: deque[_OnItsWay] = deque()
    started = time.perf_counter()
    try:
        for number in count(1):
            with batch_of(number):  # while another one, before it, is being written
                if (work := next(works, None)) is None:
                    break
                reading = time.perf_counter() - started
                wait = submit(work.documents) if work.documents else None
            waiting.append(_OnItsWay(number, work, wait, reading))
            if len(waiting) == place.ahead:
                yield _first(waiting, run)
            started = time.perf_counter()
        while waiting:
            yield _first(waiting, run)
    finally:
        place.stop()
        for each in waiting:
            with suppress(Exception):  # nobody will use it
                if each.wait:
                    each.wait()


class _OnItsWay(NamedTuple):
    number: int
    work: Work
    wait: Callable[[], Outcome] | None
    reading: float


def _first(waiting: deque[_OnItsWay], run: RunInfo) -> Extracted:
    number, work, wait, reading = waiting.popleft()
    outcome = wait() if wait else None
    if outcome is not None:
        _check(outcome, run)
    return Extracted(number=number, work=work, outcome=outcome, reading=reading)


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
