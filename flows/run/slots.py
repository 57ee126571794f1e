"""Limits that hold across workers: one run writes to the graph, so many use a GPU.

They are Prefect's global concurrency limits, which `factloom deploy` creates. Who finds no slot
free waits. A slot is a lease that its run renews: one that was killed loses it by itself. A run
that no deployment started, as that of the command line, knows no limits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from httpx import HTTPError
from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import concurrency
from prefect.runtime import deployment

from flows.components import components
from flows.errors import NotDeployed
from flows.redaction import describe
from flows.run.patience import answered

WRITER = "factloom-writer"
GPU = "factloom-gpu"
LEASE_SECONDS = 90.0
"""After so long the slot of a killed run is free again, about when the run is seen to be dead."""

log = logging.getLogger(__name__)


@contextmanager
def sole_writer() -> Iterator[None]:
    """Be the only run that writes to the graph; for a whole run, before its place in the graph.

    A run that starts takes the place of the one before it, which then fails. So a whole run waits
    here first, not each of its batches.

    Raises:
        NotDeployed: the limit does not exist, or the server does not answer.
    """
    with _slot(WRITER):
        yield


@contextmanager
def gpu() -> Iterator[None]:
    """Use a GPU, where the models run on one; nothing to wait for elsewhere.

    Raises:
        NotDeployed: the limit does not exist, or the server does not answer.
    """
    if components().device() == "cuda":
        with _slot(GPU):
            yield
    else:
        yield


@contextmanager
def _slot(limit: str) -> Iterator[None]:
    if deployment.id is None:
        yield
        return
    asked = time.monotonic()
    slot = ExitStack()
    try:
        # A renewal that fails is no reason to end a run: one that loses its place in the graph is
        # refused there.
        slot.enter_context(
            concurrency(
                limit,
                strict=True,
                lease_duration=LEASE_SECONDS,
                raise_on_lease_renewal_failure=False,
            )
        )
    except ConcurrencySlotAcquisitionError as error:
        raise NotDeployed(f"{error}: run factloom deploy, which creates the limits") from error
    get_run_logger().info("limit=%s waited_seconds=%.0f", limit, time.monotonic() - asked)
    try:
        yield
    finally:
        _release(slot, limit)


def _release(slot: ExitStack, limit: str) -> None:
    """Give a slot back; a server that is away is waited for, as it is to be told of the run's end.

    One that has restarted may not know the lease any more, which is as good.
    """
    with suppress(HTTPError):
        answered(_ask_anything)
    try:
        slot.close()
    except Exception as error:
        log.warning("limit=%s not given back, it ends by itself: %s", limit, describe(error))


def _ask_anything() -> None:
    with get_client(sync_client=True) as client:
        client.hello().raise_for_status()
