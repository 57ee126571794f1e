"""`factloom deploy`: make the Prefect server what prefect.yaml and the settings say; run it again
after every change of either.

    work pools      that the deployments name; one that exists keeps what its operator changed
    limits          one writer of the graph, so many users of a GPU
    deployments     of prefect.yaml, tagged with the checkpoint and the commit that are deployed;
                    those for a GPU only where there is one, or a worker that serves them
    schedules       as prefect.yaml has them, but no retraining without documents to train on
    automations     see automations.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from httpx import HTTPError
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.workers.process import ProcessWorker

from config.settings import OperationsSettings
from flows.components import components
from flows.errors import NotDeployed, PrefectUnavailable
from flows.operations.automations import alert_through, apply, automations
from flows.params import RetrainParams
from flows.run.context import git_sha
from flows.run.slots import GPU, WRITER

POOLS = ("factloom-cpu", "factloom-gpu")
TAG, GPU_TAG = "factloom", "gpu"
OURS = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
FILE = Path("prefect.yaml")
SHOWN_CHARACTERS = 2_000
"""Characters of what Prefect says, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """One thing on the server, and what was done about it."""

    kind: str
    name: str
    done: str
    """created, updated, unchanged, removed, or why it was left alone."""


def deploy() -> Iterator[Deployed]:
    """Deploy from the current folder; yield each thing as it is done.

    Raises:
        PrefectUnavailable: no server answers.
        NotDeployed: there is no prefect.yaml here, or Prefect refused it.
        NoAlertsBlock: the block of the settings does not exist, or cannot notify.
    """
    settings = components().settings.operations
    if not FILE.exists():
        raise NotDeployed(f"there is no {FILE} here: run factloom deploy in Factloom's folder")
    with server() as client:
        alert = alert_through(client, settings.alerts) if settings.alerts else None
        yield from _pools(client)
        yield from _limits(client, settings)
        yield from _deployments(client)
        yield from _left_unscheduled(client)
        for name, done in apply(client, automations(alert, silent_hours=settings.silent_hours)):
            yield Deployed(kind="automation", name=name, done=done)


@contextmanager
def server() -> Iterator[SyncPrefectClient]:
    """Have a client of the configured server, which has answered.

    Raises:
        PrefectUnavailable: none is configured, or it does not answer.
    """
    address = PREFECT_API_URL.value()
    if not address:  # Prefect would start one that ends with this process
        raise PrefectUnavailable(
            "no Prefect server is configured: set PREFECT_API_URL, for example "
            "http://127.0.0.1:4200/api"
        )
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pools(limit=1)  # unlike its version, this asks for credentials
        except HTTPError as error:
            raise PrefectUnavailable(
                f"no Prefect server answers at {address} ({str(error) or type(error).__name__}): "
                "start it (prefect server start), or correct PREFECT_API_URL and "
                "PREFECT_API_AUTH_STRING"
            ) from error
        yield client


def _pools(client: SyncPrefectClient) -> Iterator[Deployed]:
    for name in POOLS:
        template = ProcessWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template)
        try:
            client.create_work_pool(pool)
            yield Deployed(kind="work pool", name=name, done="created")
        except ObjectAlreadyExists:
            yield Deployed(kind="work pool", name=name, done="unchanged")


def _limits(client: SyncPrefectClient, settings: OperationsSettings) -> Iterator[Deployed]:
    for name, limit in ((WRITER, 1), (GPU, settings.gpu_slots)):
        try:
            found = client.read_global_concurrency_limit_by_name(name).limit
        except ObjectNotFound:
            done = "created"
        else:
            done = "unchanged" if found == limit else "updated"
        client.upsert_global_concurrency_limit_by_name(name, limit)
        yield Deployed(kind="limit", name=f"{name} ({limit})", done=done)


def _deployments(client: SyncPrefectClient) -> Iterator[Deployed]:
    before = deployments(client)
    names, left_out = _for_this_server(client, before)
    _register(names)
    for name, found in deployments(client).items():
        if name not in before:
            done = "created"
        elif found.updated != before[name].updated:
            done = "updated"
        else:
            done = f"not in {FILE} any more: prefect deployment delete {name}"
        yield Deployed(kind="deployment", name=name, done=done)
    why = f"left out: there is no GPU here, and no worker of {POOLS[1]}"
    for name in left_out:
        yield Deployed(kind="deployment", name=name, done=why)


def _for_this_server(
    client: SyncPrefectClient, before: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the deployments of prefect.yaml to register, and those for a GPU that nobody has."""
    try:
        described = yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
        named = {f"{each['entrypoint'].split(':')[1]}/{each['name']}": each for each in described}
    except (yaml.YAMLError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise NotDeployed(f"{FILE} is not what Prefect reads: {error}") from error
    served = components().device() == "cuda" or bool(client.read_workers_for_work_pool(POOLS[1]))
    left_out = [
        name
        for name, each in named.items()
        if GPU_TAG in each.get("tags", ()) and not served and name not in before
    ]
    return [name for name in named if name not in left_out], left_out


def _left_unscheduled(client: SyncPrefectClient) -> Iterator[Deployed]:
    """Let no schedule start a retraining that could only fail, as its documents are not there."""
    for name, each in deployments(client).items():
        if not name.startswith("retrain/"):
            continue
        params = (each.parameters or {}).get("params", {})
        missing = [f for f in RetrainParams.model_validate(params).data if not f.is_file()]
        for schedule in each.schedules if missing else ():
            client.update_deployment_schedule(each.id, schedule.id, active=False)
            yield Deployed(
                kind="schedule",
                name=name,
                done=f"not scheduled: there is no {missing[0]}, the labelled documents that it "
                "trains on: put them there and run factloom deploy again",
            )


def deployments(client: SyncPrefectClient) -> dict[str, DeploymentResponse]:
    """Return our deployments by name, 'flow/deployment'."""
    flows = {each.id: each.name for each in client.read_flows()}
    found = client.read_deployments(deployment_filter=OURS)
    return {f"{flows[each.flow_id]}/{each.name}": each for each in found}


def _register(names: Sequence[str]) -> None:
    """Have Prefect read these deployments of prefect.yaml, as only its own command can."""
    filled_in = {
        "DEPLOYED_CHECKPOINT": components().champion_name,
        "DEPLOYED_COMMIT": git_sha()[:12] or "unknown",
        "PREFECT_API_URL": PREFECT_API_URL.value() or "",
    }
    chosen = (part for name in names for part in ("--name", name))
    ran = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", *chosen],
        env={**os.environ, **filled_in},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    # It skips a file that it cannot read, and calls that a success.
    if ran.returncode or "Skipping" in ran.stdout:
        raise NotDeployed(f"Prefect refused {FILE}:\n{ran.stdout.strip()[-SHOWN_CHARACTERS:]}")
