"""Flows as they are, without Prefect around them: no API, no second for each call.

A task is its function, and an artifact goes nowhere. What decides on the graph is all there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from prefect.artifacts import Artifact
from prefect.logging import disable_run_logger
from prefect.tasks import Task
from prefect.utilities.annotations import quote

from flows.reports import monitoring
from flows.run import context as run
from flows.run import progress
from graph.client import Graph
from graph.driver.transaction import Transaction

NOWHERE = SimpleNamespace(id=UUID(int=0))


class Killed(BaseException):
    """The process of a command is dead; nothing catches it on the way."""


@contextmanager
def without_prefect() -> Iterator[None]:
    """Let `flow.fn` run with nothing of Prefect's engine."""
    replaced: tuple[tuple[Any, str, Any], ...] = (
        (Task, "__call__", _call),
        (Task, "submit", _submit),
        (Artifact, "create", lambda *_, **__: NOWHERE),
        (progress, "update_progress_artifact", lambda **_: None),
        (monitoring, "emit_event", lambda *_, **__: None),
        (run, "git_sha", lambda: ""),  # a process for each run
        (Graph, "define", _defined_once(Graph.define)),  # a quarter of the time of all
    )
    with ExitStack() as stack:
        for owner, name, value in replaced:
            stack.enter_context(patch.object(owner, name, value))
        stack.enter_context(disable_run_logger())
        yield


def killed(command: Callable[[], object], *, at: int, committed: bool) -> bool:
    """Let a command die at its so-manieth transaction that writes; return whether it came to that.

    Args:
        command: to run; nothing of it is written from then on.
        at: the transaction, counted from 1.
        committed: whether that one is still written.
    """
    execute, done = Graph.execute_write, 0

    def write(graph: Graph, work: Callable[[Transaction], Any], run: Any = None) -> Any:
        nonlocal done
        done += 1
        if done < at:
            return execute(graph, work, run)
        if done == at and committed:
            execute(graph, work, run)
        raise Killed

    with patch.object(Graph, "execute_write", write):
        try:
            command()
        except Killed:
            return True
    return False


def _defined_once(define: Callable[..., None]) -> Callable[..., None]:
    """Let a constraint or an index that was made stay, as emptying a graph does not drop it."""
    made: set[str] = set()

    def once(graph: Graph, statement: str, **parameters: Any) -> None:
        if parameters or statement not in made:
            define(graph, statement, **parameters)
            made.add(statement)

    return once


def _call(task: Task[..., Any], *arguments: Any) -> Any:
    return task.fn(*(each.unwrap() if isinstance(each, quote) else each for each in arguments))


def _submit(task: Task[..., Any], *arguments: Any) -> Future[Any]:
    """Do it at once; as a thread would, show an error only to who waits for the result."""
    future: Future[Any] = Future()
    try:
        future.set_result(_call(task, *arguments))
    except Exception as error:
        future.set_exception(error)
    return future
