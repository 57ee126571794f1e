"""What may be told of an error: names and places, never a text of a document or a secret.

A foreign error's message may quote what it was given (a driver its parameters, a server the query,
a validator the input), and so may that of what caused it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import ConfigError
from corpus.errors import CorpusError
from extractor.errors import DocumentRejected, ExtractorError
from flows.errors import FlowError, Unexpected
from graph.errors import GraphError

OURS = (ConfigError, CorpusError, ExtractorError, FlowError, GraphError)
"""Errors whose messages we wrote: they name things and hold no document text."""
log = logging.getLogger(__name__)


def describe(error: BaseException) -> str:
    """Return what went wrong, without any text of a document."""
    if isinstance(error, DocumentRejected):
        return error.reason
    if isinstance(error, GraphError) and error.__cause__ is not None:
        cause = error.__cause__  # a driver's message may quote what it was given
        return f"{type(error).__name__}: {getattr(cause, 'code', None) or type(cause).__name__}"
    if isinstance(error, OURS):
        return str(error)
    return f"{type(error).__name__}{place(error)}"


def place(error: BaseException) -> str:
    """Return where an error was raised, ' at file.py:12'; empty if it never was."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


@contextmanager
def redacted() -> Iterator[None]:
    """Let errors out, but neither their causes nor the messages of foreign ones.

    Prefect stores an error's message and its causes with the run. What is left out is logged at
    DEBUG, with the traceback.

    Raises:
        Unexpected: instead of an error that is not ours.
    """
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("prefect.exceptions"):
            raise  # such as a pause: they steer the run
        log.debug("the error as it was raised", exc_info=True)
        if not isinstance(error, OURS):
            raise Unexpected(
                f"{describe(error)} (run with PREFECT_LOGGING_LEVEL=DEBUG to see its message)"
            ) from None
        if isinstance(error, GraphError) and error.__cause__ is not None:
            error.args = (describe(error),)
        raise error from None
