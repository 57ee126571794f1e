"""A Prefect server that is away: restarted, upgraded, its machine booted again.

A run that lasts hours must not end for it. What it only wants to know or to tell it does without
(`showing`, `interruption`); what it cannot do without it asks again for `AWAY_SECONDS`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from httpx import HTTPError, HTTPStatusError, TransportError
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_CLIENT_MAX_RETRIES,
    temporary_settings,
)

Answer = TypeVar("Answer")

AWAY_SECONDS = 600.0
"""A restart takes seconds, one that migrates the database or boots the machine minutes. Beyond that
nobody waits for the run any more: it is taken for dead 90 s after the server is back."""
POLL_SECONDS = 2.0
HURRY_SECONDS = 10.0
SERVER_ERROR = 500
log = logging.getLogger(__name__)


@contextmanager
def hurried(retries: int = 0) -> Iterator[None]:
    """Have Prefect's client not try for long what a run can do without.

    Args:
        retries: after the first attempt; none for what will be asked or shown again soon.
    """
    soon = {PREFECT_CLIENT_MAX_RETRIES: retries, PREFECT_API_REQUEST_TIMEOUT: HURRY_SECONDS}
    with temporary_settings(soon):
        yield


def answered(ask: Callable[[], Answer]) -> Answer:
    """Ask the Prefect server something until it answers.

    Raises:
        HTTPError: it refuses, or has been away for more than `AWAY_SECONDS`.
    """
    began = time.monotonic()
    warned = False
    while True:
        try:
            return ask()
        except HTTPError as error:
            if not _is_away(error) or time.monotonic() - began >= AWAY_SECONDS:
                raise
            if not warned:
                log.warning("Prefect's API is away (%s): waiting for it", type(error).__name__)
            warned = True
        time.sleep(POLL_SECONDS)


def _is_away(error: HTTPError) -> bool:
    """Tell a server that is not there from one that refuses."""
    if isinstance(error, HTTPStatusError):
        return error.response.status_code >= SERVER_ERROR
    return isinstance(error, TransportError)
