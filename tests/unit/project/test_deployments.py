"""prefect.yaml names flows that exist, and runs one of each at a time."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from flows.ingest.shard import extract_shard
from flows.ingest.shards import DEPLOYMENT
from flows.operations.automations import DEAD_SECONDS
from flows.operations.deploy import POOLS, TAG
from tests.unit.project.compose import ROOT, services
from tests.unit.project.test_environment import FILLED

PREFECT: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text())
DEPLOYMENTS: list[dict[str, Any]] = PREFECT["deployments"]


@pytest.fixture(params=DEPLOYMENTS, ids=lambda each: f"{each['entrypoint']}/{each['name']}")
def deployment(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each deployment in turn."""
    found: dict[str, Any] = request.param
    return found


def test_ingest_runs_nightly_reconcile_weekly_and_retrain_monthly() -> None:
    scheduled = {
        each["entrypoint"]: [(s["slug"], s["cron"]) for s in each["schedules"]]
        for each in DEPLOYMENTS
        if "schedules" in each
    }
    assert scheduled == {
        "flows/ingest/flow.py:ingest": [("nightly", "15 2 * * *")],
        "flows/reconcile.py:reconcile": [("weekly", "15 6 * * 0")],
        "flows/retrain/flow.py:retrain": [("monthly", "15 4 1 * *")],
    }


def test_the_other_flows_are_there_on_demand() -> None:
    flows = {each["entrypoint"].partition(":")[2] for each in DEPLOYMENTS}
    assert {"backfill", "replay", "index_entities"} <= flows


def test_a_schedule_names_its_timezone() -> None:
    schedules = [schedule for each in DEPLOYMENTS for schedule in each.get("schedules", [])]
    assert all(schedule["timezone"] for schedule in schedules)


def test_the_entrypoint_exists(deployment: dict[str, Any]) -> None:
    path, flow = deployment["entrypoint"].split(":")
    assert f"\ndef {flow}(" in (ROOT / path).read_text()


def test_a_second_run_waits_for_the_first_unless_it_only_extracts(
    deployment: dict[str, Any],
) -> None:
    one = {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert deployment.get("concurrency_limit") == (None if deployment["name"] == "shard" else one)


def test_a_run_finds_the_deployment_that_extracts_its_shards() -> None:
    assert f"{extract_shard.name}/shard" == DEPLOYMENT
    [found] = [each for each in DEPLOYMENTS if each["name"] == "shard"]
    assert found["entrypoint"] == "flows/ingest/shard.py:extract_shard"


def test_parameters_are_checked_before_a_run(deployment: dict[str, Any]) -> None:
    assert deployment["enforce_parameter_schema"] is True


def test_a_worker_serves_every_pool_of_a_deployment() -> None:
    pools = {each["work_pool"]["name"] for each in DEPLOYMENTS}
    served = {
        command[command.index("--pool") + 1]
        for service in services(FILLED).values()
        if "--pool" in (command := service.get("command", []))
    }
    assert pools == served
    assert pools == set(POOLS)


def test_a_run_sends_three_heartbeats_before_it_is_taken_for_dead(
    deployment: dict[str, Any],
) -> None:
    environment = deployment["work_pool"]["job_variables"]["env"]
    assert 3 * int(environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) <= DEAD_SECONDS


def test_a_deployment_says_that_it_is_ours_and_what_was_deployed(
    deployment: dict[str, Any],
) -> None:
    assert deployment["tags"][0] == TAG
    assert deployment["tags"][-2:] == [
        "checkpoint:{{ $DEPLOYED_CHECKPOINT }}",
        "git:{{ $DEPLOYED_COMMIT }}",
    ]


def test_compose_deploys_with_our_own_command() -> None:
    assert services(FILLED)["deploy"]["command"] == ["factloom", "deploy"]


def test_the_versions_of_prefect_agree() -> None:
    version = PREFECT["prefect-version"]
    image = services(FILLED)["prefect-server"]["image"]
    assert image == f"prefecthq/prefect:{version}-python3.11"
    assert f"prefect=={version}" in (ROOT / "constraints.txt").read_text().splitlines()
