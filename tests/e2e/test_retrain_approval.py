"""A person has the last word where the parameters say so: the run waits at a real server."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import resume_flow_run

from extractor.digests import checkpoint_name
from flows.params import RetrainParams
from flows.retrain import approval
from flows.retrain.challenge import FILE, Challenge
from flows.retrain.flow import retrain
from tests.checkpoints import write_tiny_checkpoint
from tests.e2e.test_retrain import begun, champion, listened, params, registry, serves

pytestmark = pytest.mark.e2e
__all__ = ["champion", "params"]  # fixtures
PATIENCE_SECONDS = 300.0


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the challenger that the first of these tests trains is kept for the others."""
    return tmp_path_factory.mktemp("trained") / "challenger"


@pytest.fixture
def asking(params: RetrainParams, trained: Path) -> Iterator[RetrainParams]:
    """A retraining that asks a person before its challenger serves."""
    challenger = registry() / "challenger"
    if trained.exists():
        shutil.copytree(trained, challenger)
    yield params.model_copy(update={"approval": True})
    if not trained.exists():
        shutil.copytree(challenger, trained, ignore=shutil.ignore_patterns(FILE))


@pytest.fixture
def waiting(
    asking: RetrainParams, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[tuple[UUID, Future[Challenge]]]:
    """A retraining that waits for a person: the id of its run, and what it will return."""
    monkeypatch.setattr(approval, "POLL_SECONDS", 0.2)
    name = f"approval-{request.node.name}"
    with ThreadPoolExecutor(1) as pool:
        # A copy of the context: the address of the test's Prefect server is in it.
        future = pool.submit(copy_context().run, retrain.with_options(flow_run_name=name), asking)
        yield _paused(name, future), future


def _paused(name: str, future: Future[Challenge]) -> UUID:
    chosen = FlowRunFilter(
        name=FlowRunFilterName(any_=[name]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Paused"])),
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            if future.done():
                raise AssertionError(f"the run did not wait: {future.result()}")
            if runs := client.read_flow_runs(flow_run_filter=chosen):
                return runs[0].id
            time.sleep(0.2)
    raise AssertionError("the run never paused")


def test_an_approved_challenger_serves(waiting: tuple[UUID, Future[Challenge]]) -> None:
    run, future = waiting
    assert serves() == "tiny"
    assert list(begun().iterdir()) == []  # no text waits for a person
    resume_flow_run(run, run_input={"approve": True, "by": "Ada"})
    challenge = future.result(PATIENCE_SECONDS)
    assert (challenge.outcome, serves()) == ("promoted, approved by Ada", "challenger")


def test_one_that_is_not_approved_is_kept_with_the_reason(
    waiting: tuple[UUID, Future[Challenge]],
) -> None:
    run, future = waiting
    resume_flow_run(run, run_input={"approve": False, "by": "Ada", "note": "not on a Friday"})
    challenge = future.result(PATIENCE_SECONDS)
    assert challenge.passed
    assert (challenge.outcome, serves()) == ("not approved by Ada: not on a Friday", "tiny")


def test_without_an_answer_no_text_stays_and_the_same_name_asks_again(
    asking: RetrainParams, champion: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approval, "POLL_SECONDS", 0.1)
    asked = asking.model_copy(update={"approval_hours": 1 / 3600})
    with pytest.raises(FlowPauseTimeout):
        retrain(asked)
    assert list(begun().iterdir()) == []
    with monkeypatch.context() as patched:
        patched.delattr("flows.retrain.flow.compare_checkpoints")  # they were compared
        with pytest.raises(FlowPauseTimeout):
            retrain(asked)
    assert serves() == "tiny"

    write_tiny_checkpoint(champion, seed=1)
    steps, challenge = listened(
        asking.model_copy(update={"approval": False})
    )  # trained it is, but not compared with this champion
    assert (steps, challenge.champion.name) == ([], checkpoint_name(champion))
    assert (challenge.outcome, serves()) == ("promoted", "challenger")
