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

Wait = Callable[[float | None], Outcome | None]
"""Waits so many seconds for the outcome of a batch; None where the extraction was stopped before.

Raises:
    TimeoutError: it is not there yet.
"""
Submit = Callable[[tuple[Document, ...]], Wait]
"""Starts extracting documents."""
POLL_SECONDS = 2.0
"""While a batch is waited for, it is asked so often whether to stop."""


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
    works: Iterator[Work],
    place: Place,
    submit: Submit,
    run: RunInfo,
    asked: Callable[[], bool] = lambda: False,
) -> Generator[Extracted | None, None, None]:
    """Yield batches in their order, with up to `place.ahead` of them in hand.

    A batch is taken from `works` only when the one `place.ahead` before it is done with, which
    `plan` counts on. When somebody asks to stop, no other is taken, and what is on its way is
    ended. Those that were extracted before are still yielded, and then None: there was more to do.

    Args:
        works: what is to be done.
        place: where batches are extracted.
        submit: has a batch extracted there.
        run: that they belong to.
        asked: whether somebody asks to stop.

    Raises:
        ExtractedElsewise: a batch was extracted with another checkpoint or configuration.
    """
    waiting: deque[_OnItsWay] = deque()
    numbers, more = count(1), True
    try:
        while True:
            while more and len(waiting) < place.ahead and not asked():
                more = _begun(next(numbers), works, submit, waiting)
            if not waiting:
                break
            batch = _first(waiting, place, run, asked)
            if batch is None:
                more = True
                break
            yield batch
        if more:
            yield None
    finally:
        place.stop()
        for each in waiting:
            with suppress(Exception):  # nobody will use it
                if each.wait:
                    each.wait(None)


class _OnItsWay(NamedTuple):
    number: int
    work: Work
    wait: Wait | None
    reading: float


def _begun(number: int, works: Iterator[Work], submit: Submit, waiting: deque[_OnItsWay]) -> bool:
    """Begin with the next batch; return whether there was one."""
    started = time.perf_counter()
    with batch_of(number):  # while another one, before it, is being written
        work = next(works, None)
        if work is None:
            return False
        reading = time.perf_counter() - started
        wait = submit(work.documents) if work.documents else None
    waiting.append(_OnItsWay(number, work, wait, reading))
    return True


def _first(
    waiting: deque[_OnItsWay], place: Place, run: RunInfo, asked: Callable[[], bool]
) -> Extracted | None:
    """Return the first batch once it is extracted; None where it will not be."""
    number, work, wait, reading = waiting.popleft()
    if wait is None:
        stop = work.retracting and asked()
        return None if stop else Extracted(number=number, work=work, outcome=None, reading=reading)
    outcome = _awaited(wait, place, asked)
    if outcome is None:
        return None
    _check(outcome, run)
    return Extracted(number=number, work=work, outcome=outcome, reading=reading)


def _awaited(wait: Wait, place: Place, asked: Callable[[], bool]) -> Outcome | None:
    """Wait for an outcome; end what is on its way when somebody asks to stop."""
    stopped = False
    while True:
        try:
            return wait(POLL_SECONDS)
        except TimeoutError:
            if not stopped and asked():
                stopped = True
                place.stop()


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
