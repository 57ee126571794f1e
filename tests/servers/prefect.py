"""A real Prefect server for the flows' tests: given by address, or started as a process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

from flows.commands.local_api import start_server


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Have a Prefect API for the context; yields its address."""
    if given := os.environ.get("FACTLOOM_TEST_PREFECT_API_URL"):
        yield given
        return
    with pytest.MonkeyPatch.context() as environment:
        # Who waits for a slot looks for it that often, instead of every 30 s.
        environment.setenv("PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS", "5")
        server = start_server(home)
    try:
        server.wait()
        yield server.url
    finally:
        server.stop()


def used(address: str) -> AbstractContextManager[object]:
    """Let flows of this process report to the server for the context."""
    return temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_LEVEL: "ERROR"})
