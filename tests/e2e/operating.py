"""A Prefect server as an operator sees it: workers that can be killed, runs and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas import FlowRun
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.schedules import IntervalSchedule

from tests.unit.project.compose import ROOT

Found = TypeVar("Found")

PATIENCE_SECONDS = 300.0
STOP_SECONDS = 15.0
SEVERAL_RUNS = (
    *(sys.executable, "-m", "prefect", "worker", "start", "--pool", "factloom-cpu", "--limit", "4"),
)


class Worker:
    """A worker of the pool `factloom-cpu`.

    Args:
        environment: of its process, in addition to this one's.
        log: file that it writes to.
        command: that starts it; by default with several runs at a time.
    """

    def __init__(
        self, environment: Mapping[str, str], log: Path, command: Sequence[str] = SEVERAL_RUNS
    ) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PREFECT_WORKER_QUERY_SECONDS": "1", **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill -9 it and the runs that it started; it first, or it would tell of their end."""
        runs = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        for each in runs:
            each.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it, once its runs have ended; some never come back from that, and are killed."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def start(client: SyncPrefectClient, deployment: str) -> UUID:
    """Start a run of a deployment, as a person does; return its id."""
    found = client.read_deployment_by_name(deployment)
    return client.create_flow_run_from_deployment(found.id).id


def started_by_schedule(client: SyncPrefectClient, deployment: str) -> UUID:
    """Give a deployment a schedule that comes due at once; return the run that it started."""
    found = client.read_deployment_by_name(deployment)
    interval = IntervalSchedule(interval=timedelta(seconds=15), anchor_date=datetime.now(UTC))
    [added] = client.create_deployment_schedules(
        found.id, [DeploymentScheduleCreate(schedule=interval, slug="now")]
    )
    chosen = DeploymentFilter(id=DeploymentFilterId(any_=[found.id]))

    def begun() -> FlowRun | None:
        runs = client.read_flow_runs(deployment_filter=chosen)
        return next((each for each in runs if each.state and not each.state.is_scheduled()), None)

    run = until(begun, "no run was started by the schedule")
    assert run.created_by is not None
    assert run.created_by.type == "SCHEDULE"
    client.delete_deployment_schedule(found.id, added.id)
    return run.id


def ended(client: SyncPrefectClient, run: UUID) -> FlowRun:
    """Wait until a run has ended, and return it."""

    def final() -> FlowRun | None:
        found = client.read_flow_run(run)
        return found if found.state and found.state.is_final() else None

    return until(final, f"the run {run} has not ended")


def until(look: Callable[[], Found | None], otherwise: str) -> Found:
    """Look until there is something, and return it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError(otherwise)
