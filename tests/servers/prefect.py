"""A real Prefect server for the flows' tests: given by address, or started as a process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

from flows.commands.local_api import start_server


@pytest.fixture(scope="session")
def prefect_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Prefect API that runs for the whole session."""
    if given := os.environ.get("FACTLOOM_TEST_PREFECT_API_URL"):
        yield given
        return
    with pytest.MonkeyPatch.context() as environment:
        # Who waits for a slot looks for it that often, instead of every 30 s.
        environment.setenv("PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS", "5")
        server = start_server(tmp_path_factory.mktemp("prefect"))
    try:
        server.wait()
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def prefect_api(prefect_url: str) -> Iterator[str]:
    """Let flows that the test calls report to the server; returns its address."""
    with temporary_settings({PREFECT_API_URL: prefect_url, PREFECT_LOGGING_LEVEL: "ERROR"}):
        yield prefect_url
