"""`factloom status`: what ran, what failed, what waits, and how fresh the graph is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas import FlowRun
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    WorkerFilter,
    WorkerFilterStatus,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort

from flows.operations.deploy import POOLS, TAG, deployments
from flows.run.slots import GPU, WRITER
from graph.client import Graph
from graph.model.records import SourceState

FAILED_RUNS = 3
"""Shown at most; the rest is at Prefect."""
WAITING = ["Late", "AwaitingConcurrencySlot", "Pending", "Paused", "Suspended", "Cancelling"]
BEGUN = [each for each in StateType if each not in (StateType.SCHEDULED, StateType.PENDING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run."""

    deployment: str
    """'flow/deployment'."""
    name: str
    state: str
    since: datetime
    """When it ended; while it has not, when it came to its state."""
    seconds: float
    """How long it ran, or has been running."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentLine:
    """One deployment."""

    name: str
    last: RunLine | None
    """The run that began last."""
    next_at: datetime | None
    """When its schedule starts the next run; None where it has none that is active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """What the Prefect server says."""

    version: str
    workers: Mapping[str, int]
    """Workers that are there, by pool."""
    limits: Mapping[str, tuple[int, int]]
    """Slots in use, and slots, by limit."""
    deployments: Sequence[DeploymentLine]
    waiting: Sequence[RunLine]
    failed: Sequence[RunLine]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStatus:
    """What the graph says."""

    documents: Mapping[str, int]
    """By the checkpoint that extracted them."""
    edges: int
    possible: int
    """Edges of these that are only possible."""
    sources: Sequence[SourceState]


def server_status(client: SyncPrefectClient) -> ServerStatus:
    """Ask a Prefect server about everything of ours."""
    found = deployments(client)
    names = {each.id: name for name, each in found.items()}

    def runs(states: FlowRunFilterState, sort: FlowRunSort, limit: int) -> list[RunLine]:
        tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG]), state=states)
        lines = client.read_flow_runs(flow_run_filter=tagged, sort=sort, limit=limit)
        return [
            _line(each, names.get(each.deployment_id, "") if each.deployment_id else "")
            for each in lines
        ]

    failed = FlowRunFilterStateType(any_=[StateType.FAILED, StateType.CRASHED])
    return ServerStatus(
        version=client.api_version(),
        workers={
            each.name: _workers(client, each.name)
            for each in client.read_work_pools()
            if each.name in POOLS
        },
        limits={
            each.name: (each.active_slots, each.limit)
            for each in client.read_global_concurrency_limits(limit=200)
            if each.name in (WRITER, GPU)
        },
        deployments=[
            DeploymentLine(name=name, last=_last(client, name, each), next_at=_next(client, each))
            for name, each in sorted(found.items())
        ],
        waiting=runs(
            FlowRunFilterState(name=FlowRunFilterStateName(any_=WAITING)),
            FlowRunSort.EXPECTED_START_TIME_ASC,
            20,
        ),
        failed=runs(FlowRunFilterState(type=failed), FlowRunSort.END_TIME_DESC, FAILED_RUNS),
    )


def graph_status(graph: Graph, *names: str) -> GraphStatus:
    """Ask the graph how fresh it is.

    Args:
        graph: to ask.
        names: of the sources to tell of, also where the graph knows nothing of them; none: of all
            that it knows.
    """
    known = {each.name: each for each in graph.sources()}
    counts = graph.counts()
    return GraphStatus(
        documents=graph.documents_by_checkpoint(),
        edges=counts["edges"],
        possible=counts["possible"],
        sources=[known.get(name, SourceState(name=name)) for name in names or known],
    )


def _last(client: SyncPrefectClient, name: str, deployment: DeploymentResponse) -> RunLine | None:
    found = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=BEGUN))
        ),
        sort=FlowRunSort.START_TIME_DESC,
        limit=1,
    )
    return next((_line(each, name) for each in found), None)


def _next(client: SyncPrefectClient, deployment: DeploymentResponse) -> datetime | None:
    if deployment.paused or not any(each.active for each in deployment.schedules):
        return None
    scheduled = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Scheduled"]))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=1,
    )
    return next((each.expected_start_time for each in scheduled), None)


def _workers(client: SyncPrefectClient, pool: str) -> int:
    online = WorkerFilter(status=WorkerFilterStatus(any_=["ONLINE"]))
    return len(client.read_workers_for_work_pool(pool, worker_filter=online))


def _line(run: FlowRun, deployment: str) -> RunLine:
    state = run.state
    assert state is not None  # every run has one
    return RunLine(
        deployment=deployment,
        name=run.name,
        state=state.name or state.type.value,
        since=run.end_time or state.timestamp,
        seconds=run.estimated_run_time.total_seconds(),
        message=state.message or "",
    )
