"""Batches on their way through extraction while the ones before them are written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import NamedTuple, Protocol, cast

from prefect.utilities.annotations import quote

from extractor.errors import Stopped
from extractor.schema import Document
from flows.errors import ExtractedElsewise
from flows.ingest.executor import Executor
from flows.logs import batch_of
from flows.records import Batch, Counts
from flows.run.context import step
from graph.model.records import RunInfo

POLL_SECONDS = 2.0
"""While a batch is waited for, it is asked so often whether to stop."""


class Pending(Protocol):
    """Documents on their way through extraction."""

    def result(self, timeout: float | None = None) -> Batch | None:
        """Wait for what comes of them; None where the extraction was stopped before.

        Raises:
            TimeoutError: it is not there yet.
        """
        ...


@step
def extract(executor: Executor, documents: Sequence[Document]) -> Batch | None:
    """Have documents extracted, wherever that is; None where somebody asked to stop before."""
    try:
        return executor.extract(documents)
    except Stopped:
        return None


def submit(executor: Executor, documents: Sequence[Document]) -> Pending:
    """Start the task that extracts documents, which Prefect is not to walk through."""
    future = extract.submit(quote(executor), quote(documents))  # type: ignore[call-overload]
    return cast(Pending, future)


def in_hand(executor: Executor) -> int:
    """Return how many batches there are at most: one is written, one waits so that nobody idles."""
    return executor.parallel + 2


def extracted_ahead(
    batches: Iterator[Batch],
    executor: Executor,
    run: RunInfo,
    asked: Callable[[], bool] = lambda: False,
    submit: Callable[[Executor, Sequence[Document]], Pending] = submit,
) -> Generator[Batch | None, None, None]:
    """Yield batches in their order, with up to `in_hand` of them on their way.

    A batch is taken from `batches` only when the one so many before it is done with, which `plan`
    counts on. When somebody asks to stop, no other is taken, and what is on its way is ended. Those
    that were extracted before are still yielded, and then None: there was more to do.

    Args:
        batches: to be extracted.
        executor: extracts them.
        run: that they belong to.
        asked: whether somebody asks to stop.
        submit: starts the extraction.

    Raises:
        ExtractedElsewise: a batch was extracted with another checkpoint or configuration.
    """
    waiting: deque[_OnItsWay] = deque()
    numbers, more = count(1), True
    try:
        while True:
            while more and len(waiting) < in_hand(executor) and not asked():
                begun = _begun(next(numbers), batches, executor, submit)
                more = begun is not None
                waiting.extend([begun] if begun else [])
            if not waiting:
                break
            batch = _extracted(waiting.popleft(), executor, run, asked)
            if batch is None:
                more = True
                break
            yield batch
        if more:
            yield None
    finally:
        executor.stop()
        for each in waiting:
            with suppress(Exception):  # nobody will use it
                if each.pending:
                    each.pending.result()


class _OnItsWay(NamedTuple):
    batch: Batch
    pending: Pending | None


def _begun(
    number: int,
    batches: Iterator[Batch],
    executor: Executor,
    submit: Callable[[Executor, Sequence[Document]], Pending],
) -> _OnItsWay | None:
    """Begin with the next batch; None where there is none."""
    started = time.perf_counter()
    with batch_of(number):  # while another one, before it, is being written
        batch = next(batches, None)
        if batch is None:
            return None
        reading = Counts(seconds={"read": time.perf_counter() - started})
        pending = submit(executor, batch.documents) if batch.documents else None
    return _OnItsWay(replace(batch, number=number, counts=batch.counts + reading), pending)


def _extracted(
    begun: _OnItsWay, executor: Executor, run: RunInfo, asked: Callable[[], bool]
) -> Batch | None:
    """Return a batch once it is extracted; None where it will not be."""
    batch, pending = begun
    if pending is None:
        return None if batch.retracting and asked() else batch
    found = _awaited(pending, executor, asked)
    if found is None:
        return None
    _check(found, run)
    return replace(
        batch,
        extractions=found.extractions,
        failures=found.failures,
        checkpoint=found.checkpoint,
        config_hash=found.config_hash,
        counts=batch.counts + found.counts,
    )


def _awaited(pending: Pending, executor: Executor, asked: Callable[[], bool]) -> Batch | None:
    """Wait for what comes of documents; end what is on its way when somebody asks to stop."""
    stopped = False
    while True:
        try:
            return pending.result(POLL_SECONDS)
        except TimeoutError:
            if not stopped and asked():
                stopped = True
                executor.stop()


def _check(extracted: Batch, run: RunInfo) -> None:
    if extracted.checkpoint != run.checkpoint:
        raise ExtractedElsewise(
            f"a batch was extracted with another checkpoint, {extracted.checkpoint}; this run's is "
            f"{run.checkpoint}: give all workers the same models folder, and start the run again"
        )
    if extracted.config_hash != run.config_hash:
        raise ExtractedElsewise(
            "a batch was extracted with another entity index or precision than this run's: "
            "give all workers the same settings, and start the run again"
        )
