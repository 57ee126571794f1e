"""A run that is not Completed ends for its own reason, and its report is found all the same."""

from __future__ import annotations

import pytest
from prefect.client.schemas import State
from prefect.states import Completed, Failed

from flows.errors import NotCompleted
from flows.run.prefect_state import ended, report_of


@pytest.mark.parametrize("name", ["Failed", "Cancelled"])
def test_a_run_ends_in_its_state_for_its_reason(name: str) -> None:
    state = ended(name, "too many failed", {"read": 3})
    assert isinstance(state, State)
    assert (state.name, state.message) == (name, "too many failed")
    with pytest.raises(NotCompleted, match=r"^too many failed$"):
        state.result()
    assert report_of(state) == {"read": 3}


def test_a_completed_run_returns_its_report() -> None:
    assert ended("Completed", "", {"read": 3}) == {"read": 3}
    assert report_of(Completed(data={"read": 3})) == {"read": 3}


def test_what_stopped_a_run_is_raised() -> None:
    with pytest.raises(ValueError, match="no"):
        report_of(Failed(data=ValueError("no")))
