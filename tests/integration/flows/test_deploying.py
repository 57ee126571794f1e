"""`factloom deploy` on a real Prefect server: what it makes, and that it can be run again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prefect.blocks.system import Secret
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import components
from flows.errors import NoAlertsBlock, NotDeployed, PrefectUnavailable
from flows.operations.automations import apply
from flows.operations.deploy import POOLS, Deployed, deploy
from flows.run.slots import GPU, WRITER
from tests.e2e.operating import until
from tests.unit.project.compose import ROOT

pytestmark = pytest.mark.integration


@pytest.fixture
def client(prefect_api: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncPrefectClient]:
    """Client of a server on which nothing of ours is left afterwards that acts by itself."""
    monkeypatch.chdir(ROOT)
    components.close_components()
    with get_client(sync_client=True) as client:
        yield client
        list(apply(client, []))
        for each in client.read_deployments():
            client.delete_deployment(each.id)
    components.close_components()


@pytest.fixture
def folder(client: SyncPrefectClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to deploy from that is Factloom's, to which a file may be added."""
    for name in ("prefect.yaml", "flows", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_second_deploy_leaves_what_is_there(client: SyncPrefectClient, folder: Path) -> None:
    with suppress(ObjectNotFound):
        client.delete_work_pool(POOLS[1])  # with the workers that other tests had
    first = list(deploy())
    assert not retraining_is_scheduled(client)
    [told] = [each for each in first if each.kind == "schedule"]
    assert (told.name, "training/documents.json" in told.done) == ("retrain/monthly", True)
    assert {"ingest/nightly", "reconcile/weekly", "retrain/monthly", "replay/on-demand"} <= {
        each.name for each in first if each.kind == "deployment"
    }
    left_out = {each.name for each in first if each.done.startswith("left out: there is no GPU")}
    assert left_out == {"ingest/ingest-gpu", "retrain/retrain-gpu", "backfill/backfill-gpu"}
    assert not [each for each in client.read_deployments() if "gpu" in each.tags]
    assert "created" in _done(first, "automation")
    deployments = {each.id: (each.tags, each.schedules) for each in client.read_deployments()}
    (folder / "training").mkdir()
    (folder / "training" / "documents.json").write_text("[]")
    second = list(deploy())
    assert retraining_is_scheduled(client)
    for kind in ("work pool", "limit", "automation"):
        assert _done(second, kind) == {"unchanged"}
    registered = [each for each in second if each.name not in left_out]
    assert _done(registered, "deployment") == {"updated"}
    again = {each.id: (each.tags, each.schedules) for each in client.read_deployments()}
    assert again.keys() == deployments.keys()
    for id_, (tags, schedules) in again.items():
        assert len(schedules) == len(deployments[id_][1])
        assert any(tag.startswith("checkpoint:factloom-minilm") for tag in tags)

    # Prefect's scheduler fails by itself, and only its log would tell.
    nightly = client.read_deployment_by_name("ingest/nightly")
    due = DeploymentFilter(id=DeploymentFilterId(any_=[nightly.id]))
    scheduled = until(lambda: client.read_flow_runs(deployment_filter=due), "nothing is scheduled")
    assert all(each.auto_scheduled for each in scheduled)

    for name in (WRITER, GPU):
        assert client.read_global_concurrency_limit_by_name(name).limit == 1

    replay = client.read_deployment_by_name("replay/on-demand")
    with pytest.raises(PrefectHTTPStatusError, match="not of type 'array'"):
        client.create_flow_run_from_deployment(
            replay.id, parameters={"params": {"documents": "samples:1"}}
        )


@pytest.mark.long
def test_limits_and_deployments_for_a_gpu_follow_the_settings(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTLOOM_OPERATIONS__GPU_SLOTS", "3")
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__DEVICE", "cuda")
    made = list(deploy())
    assert f"{GPU} (3)" in {each.name for each in made if each.kind == "limit"}
    assert "ingest/ingest-gpu" in {each.name for each in made if each.done == "created"}
    assert client.read_global_concurrency_limit_by_name(GPU).limit == 3


@pytest.mark.parametrize(
    ("block", "says"),
    [("slack-webhook/nobody", "no block"), ("secret/nothing", "cannot notify")],
)
def test_a_block_that_cannot_alert_stops_it_first(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch, block: str, says: str
) -> None:
    Secret(value="nothing").save("nothing", overwrite=True)
    monkeypatch.setenv("FACTLOOM_OPERATIONS__ALERTS", block)
    with pytest.raises(NoAlertsBlock, match=says):
        next(deploy())


def test_it_says_where_no_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for address, says in (("http://127.0.0.1:9/api", "answers at"), (None, "configured")):
        with (
            temporary_settings({PREFECT_API_URL: address}),
            pytest.raises(PrefectUnavailable, match=says),
        ):
            next(deploy())


def test_it_wants_the_folder_with_the_deployments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with pytest.raises(NotDeployed, match=r"no prefect\.yaml here"):
        next(deploy())


def retraining_is_scheduled(client: SyncPrefectClient) -> bool:
    """Return whether the calendar starts a retraining."""
    [schedule] = client.read_deployment_by_name("retrain/monthly").schedules
    return schedule.active


def _done(made: list[Deployed], kind: str) -> set[str]:
    return {each.done for each in made if each.kind == kind}
