"""Limits on a real Prefect server: whom they hold up, and whom not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from contextvars import copy_context
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import components
from flows.errors import NotDeployed
from flows.run import patience
from flows.run.slots import GPU, WRITER, gpu, sole_writer

pytestmark = pytest.mark.integration

PATIENCE_SECONDS = 120.0
NOBODY = "http://127.0.0.1:9/api"


@pytest.fixture
def client(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncPrefectClient]:
    """Client of a server with both limits; the runs of the test come from a deployment."""
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", str(uuid4()))
    with get_client(sync_client=True) as client:
        for name in (WRITER, GPU):
            client.upsert_global_concurrency_limit_by_name(name, 1)
        yield client
        for name in (WRITER, GPU):
            with suppress(ObjectNotFound):
                client.delete_global_concurrency_limit_by_name(name)
    components.close_components()


@flow(name="limited", persist_result=False)
def limited(
    limit: Callable[[], AbstractContextManager[None]], inside: Callable[[], object]
) -> object:
    """Do something within a limit."""
    with limit():
        return inside()


def test_a_server_that_is_away_when_a_run_ends_fails_none(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "AWAY_SECONDS", 0.0)

    @flow(name="night", persist_result=False)
    def night() -> str:
        with ExitStack() as away:
            with sole_writer():
                away.enter_context(temporary_settings({PREFECT_API_URL: NOBODY}))
            return "written"

    with caplog.at_level(logging.WARNING, "flows.run.slots"):
        assert night() == "written"
    assert f"limit={WRITER} not given back" in caplog.text


def test_a_second_run_waits_for_the_first(client: SyncPrefectClient) -> None:
    began, may_end = Event(), Event()
    ended: list[str] = []

    def first() -> None:
        began.set()
        assert may_end.wait(PATIENCE_SECONDS)
        ended.append("first")

    with ThreadPoolExecutor(2) as pool:
        # The test's server is known to its own context only.
        runs = [pool.submit(copy_context().run, limited, sole_writer, first)]
        assert began.wait(PATIENCE_SECONDS)
        assert used(client, WRITER) == 1
        second = partial(limited, sole_writer, lambda: ended.append("second"))
        runs.append(pool.submit(copy_context().run, second))
        time.sleep(3)
        assert ended == []
        may_end.set()
        for run in runs:
            run.result(PATIENCE_SECONDS)
    assert ended == ["first", "second"]
    assert used(client, WRITER) == 0


def test_a_run_that_fails_gives_its_slot_back(client: SyncPrefectClient) -> None:
    def fail() -> None:
        raise ValueError("the graph is gone")

    with pytest.raises(ValueError, match="the graph is gone"):
        limited(sole_writer, fail)
    assert used(client, WRITER) == 0


@pytest.mark.parametrize(("device", "slots"), [("cuda", 1), ("cpu", 0)])
def test_only_who_uses_a_gpu_takes_its_slot(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch, device: str, slots: int
) -> None:
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__DEVICE", device)
    components.close_components()
    assert limited(gpu, lambda: used(client, GPU)) == slots


def test_a_run_of_the_command_line_takes_none(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT__RUNTIME__DEPLOYMENT__ID")
    assert limited(sole_writer, lambda: used(client, WRITER)) == 0


def test_without_a_limit_a_run_fails_and_says_what_to_do(client: SyncPrefectClient) -> None:
    client.delete_global_concurrency_limit_by_name(WRITER)
    with pytest.raises(NotDeployed, match="run factloom deploy"):
        limited(sole_writer, lambda: None)


def used(client: SyncPrefectClient, limit: str) -> int:
    """Return how many slots of a limit are taken."""
    return client.read_global_concurrency_limit_by_name(limit).active_slots
