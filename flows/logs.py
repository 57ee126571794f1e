"""What a line of the log holds: the run, the batch and the document that it is about.

`flows/logging.yml` puts these classes in place at Prefect, which reads it where
PREFECT_LOGGING_CONFIG_PATH names it. Both of its forms, text and json, say of an error only what
`flows.redaction` allows. This module is imported while Prefect is, so it must not import it.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from flows.redaction import OURS, describe

CONFIG = Path(__file__).with_name("logging.yml")
_ExceptionInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


CONSOLE_FORMATTER = "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"


class _Now:
    """What this process is doing. Threads that read ahead belong to the same run."""

    run = ""
    summarised = False


_batch: ContextVar[int] = ContextVar("batch", default=0)
"""Of the thread: while a batch is written the next ones are read and extracted. Prefect hands it on
to the thread of a task."""


@contextmanager
def run_of(run: str) -> Iterator[None]:
    """Say which run the log's lines belong to."""
    before, _Now.run = _Now.run, run
    try:
        yield
    finally:
        _Now.run = before


@contextmanager
def batch_of(number: int) -> Iterator[None]:
    """Say which batch of the run the log's lines belong to, counted from 1."""
    before = _batch.set(number)
    try:
        yield
    finally:
        _batch.reset(before)


@contextmanager
def summarised() -> Iterator[None]:
    """Say that what is logged of single documents is told in a summary afterwards.

    Lines of JSON are all written: no program reads the summary.
    """
    before, _Now.summarised = _Now.summarised, os.environ.get(CONSOLE_FORMATTER) != "json"
    try:
        yield
    finally:
        _Now.summarised = before


class WithIds(logging.Filter):
    """Gives each record its `run` and `batch`, and tells exceptions among its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Complete the record; none is left out."""
        record.run = getattr(record, "flow_run_id", None) or _Now.run
        record.batch = _batch.get() or ""
        if isinstance(record.args, tuple):
            record.args = tuple(_redacted(each) for each in record.args)
        return True


class OfARun(logging.Filter):
    """Leaves out what belongs to no run, and tells Prefect which run the rest belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record belongs to a run."""
        if not hasattr(record, "flow_run_id") and _Now.run:
            record.flow_run_id = _Now.run
        return hasattr(record, "flow_run_id")


class NotTwice(logging.Filter):
    """Leaves out what is told of single documents where a summary tells it again."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is not told elsewhere."""
        return not (_Now.summarised and hasattr(record, "document"))


class TextFormatter(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record; an error of ours that it tells in words needs no frames."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OURS) and describe(error) in record.getMessage():
            record = copy(record)
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatException(self, ei: _ExceptionInfo) -> str:
        """Return where an exception comes from, without the messages of foreign ones."""
        return "\n".join(_trace(ei[1])) if ei[1] else ""


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record; absent parts are left out."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "run": getattr(record, "run", ""),
            "batch": getattr(record, "batch", ""),
            "document": getattr(record, "document", ""),
            "task": getattr(record, "task_run_name", ""),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe(record.exc_info[1])
            line["trace"] = _trace(record.exc_info[1])
        return json.dumps({key: value for key, value in line.items() if value}, ensure_ascii=False)


def _redacted(value: object) -> object:
    return _Redacted(describe(value)) if isinstance(value, BaseException) else value


class _Redacted(str):
    """What may be told of an exception; the same for %s and %r."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _trace(error: BaseException) -> list[str]:
    """Return the frames of an error and what may be told of it."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"  {each.filename}:{each.lineno} in {each.name}" for each in frames] + [
        describe(error)
    ]
