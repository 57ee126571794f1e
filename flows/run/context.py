"""Runs: what a flow reads, by whom it writes, and how it ends, which the graph remembers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import uuid4

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun
from prefect.runtime import flow_run
from prefect.tasks import Task, exponential_backoff

from corpus.source import DocumentSource
from flows.components import components
from flows.logs import run_of
from flows.params import RetractingParams
from flows.redaction import redacted
from flows.run.interruption import Interruption, interruptible
from flows.run.isolation import TRANSIENT
from flows.run.slots import sole_writer
from graph.errors import GraphError
from graph.model.records import RunInfo

if TYPE_CHECKING:
    from graph.writing.writer import GraphWriter

P = ParamSpec("P")
Result = TypeVar("Result")
Recorded = TypeVar("Recorded", bound="Run")


class Run:
    """A run that goes on. (Prefect would walk through a dataclass that a task is given.)"""

    def __init__(self, info: RunInfo, *, dry_run: bool = False) -> None:
        self.info = info
        self.dry_run = dry_run
        """Whether nothing is written, and the graph is not even asked."""
        self.finished = False

    @cached_property
    def writer(self) -> GraphWriter:
        """What writes to the graph for this run, which must not be a dry one."""
        return components().writer(self.info)

    def finish(self, state: str, counts: Mapping[str, int | float]) -> None:
        """Record how the run ended: what comes after does not change it."""
        if not self.dry_run:
            self.writer.finish_run(state, counts)
        self.finished = True


class SourceRun(Run):
    """A run that takes documents of a source through every stage."""

    def __init__(
        self,
        info: RunInfo,
        params: RetractingParams,
        source: DocumentSource,
        interruption: Interruption,
        *,
        dry_run: bool = False,
    ) -> None:
        super().__init__(info, dry_run=dry_run)
        self.params = params
        self.source = source
        self.interruption = interruption


@contextmanager
def open_run(
    flow: str, params: RetractingParams, *, raw: bool = False, dry_run: bool = False
) -> Iterator[SourceRun]:
    """Have a run over a source: the only one that writes, which may be asked to stop.

    Args:
        flow: its name.
        params: which source, and how much of it may be retracted.
        raw: leave the gold annotation of files aside.
        dry_run: write nothing.
    """
    with (
        nullcontext() if dry_run else sole_writer(),
        closing(components().source(path=params.path, name=params.name, raw=raw)) as source,
        interruptible() as interruption,
    ):
        info = run_info(flow, source.name)
        run = SourceRun(info, params, source, interruption, dry_run=dry_run)
        with redacted() if dry_run else recorded(run):
            yield run


@contextmanager
def recorded(run: Recorded) -> Iterator[Recorded]:
    """Record that a run begins, and that it failed where it raises; it tells no document's text."""
    with redacted(), run_of(run.info.id):
        components().graph.ensure_schema()
        run.writer.start_run()
        try:
            yield run
        except BaseException as error:
            state = "Failed" if isinstance(error, Exception) else "Crashed"
            with suppress(GraphError):  # what stopped the run is the error to see
                if not run.finished:
                    run.finish(state, counts={})
            raise


def run_info(flow: str, source: str = "") -> RunInfo:
    """Return what identifies the run that this process executes.

    Args:
        flow: its name.
        source: whose documents it extracts; without one no configuration matters, and no model is
            loaded.
    """
    parts = components()
    return RunInfo(
        id=str(flow_run.id or uuid4()),
        flow=flow,
        checkpoint=parts.champion_name,
        config_hash=parts.config_hash(source) if source else "",
        git_sha=git_sha(),
        started_at=now(),
        source=source,
    )


def now() -> str:
    """Return the time as the graph writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def git_sha() -> str:
    """Return the commit that runs; empty where this is no git checkout."""
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    return ""


def may_recover(task: Task[Any, Any], run: TaskRun, state: State[Any]) -> bool:
    """Return whether a task failed for a reason that may pass."""
    return isinstance(state.result(raise_on_failure=False), TRANSIENT)


def step(work: Callable[P, Result]) -> Task[P, Result]:
    """Make a task that is tried again where a service was at fault; its errors are redacted.

    A task is worth seconds. Batches travel in `quote`, as Prefect would walk through every document
    of a parameter, and no result is kept: what counts as done is what the graph has.
    """
    return task(
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=3,
        retry_delay_seconds=exponential_backoff(backoff_factor=2),
        retry_jitter_factor=0.5,
        retry_condition_fn=may_recover,
    )(redacted()(work))
