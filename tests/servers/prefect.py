"""A real Prefect server for the flows' tests: given by address, or started as a process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

from flows.commands.local_api import start_server

HASTY = {
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
}
"""How often waiting runs, silent sources and new schedules are looked at; else every 5 to 30 s."""


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Have a Prefect API for the context; yields its address."""
    if given := os.environ.get("FACTLOOM_TEST_PREFECT_API_URL"):
        yield given
        return
    with pytest.MonkeyPatch.context() as environment:
        for name, value in HASTY.items():
            environment.setenv(name, value)
        server = start_server(home)
    try:
        server.wait()
        yield server.url
    finally:
        server.stop()


def used(address: str) -> AbstractContextManager[object]:
    """Let flows of this process report to the server for the context."""
    return temporary_settings({PREFECT_API_URL: address, PREFECT_LOGGING_LEVEL: "ERROR"})
