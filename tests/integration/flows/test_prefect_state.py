"""How a run ends at a real Prefect server: in its state, for its reason, in one line."""

from __future__ import annotations

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas import State

from flows.errors import NotCompleted
from flows.run.prefect_state import ended, report_of

pytestmark = pytest.mark.integration


@flow(name="night", persist_result=False)
def night(state: str) -> dict[str, int] | State[dict[str, int]]:
    """End as a run of ours does."""
    return ended(state, "too many failed", {"read": 3})


@pytest.mark.parametrize("name", ["Failed", "Cancelled"])
def test_a_run_ends_for_its_own_reason(prefect_api: str, name: str) -> None:
    state = night(name, return_state=True)
    assert report_of(state) == {"read": 3}
    run = state.state_details.flow_run_id
    assert run is not None
    with get_client(sync_client=True) as client:
        told = client.read_flow_run(run).state
    assert told is not None
    assert (told.name, told.message) == (name, "too many failed")


@pytest.mark.parametrize("name", ["Failed", "Cancelled"])
def test_a_worker_is_told_the_reason_and_no_report(prefect_api: str, name: str) -> None:
    with pytest.raises(NotCompleted, match=r"^too many failed$"):  # what its log shows
        night(name)
