"""A person's word before a challenger serves: the run pauses until it is resumed with an answer."""

from __future__ import annotations

from datetime import timedelta

from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from pydantic import Field

POLL_SECONDS = 5


class Approval(RunInput):
    """What a person answers: in the form that Prefect's UI shows, or through its API."""

    approve: bool = Field(description="Whether the challenger shall serve from now on")
    by: str = Field(default="", max_length=200, description="Who says so")
    note: str = Field(default="", max_length=2000, description="Why")


def ask(report: str, *, hours: float) -> Approval:
    """Pause this run until somebody resumes it with an answer, and return that.

    Args:
        report: Markdown that the form shows.
        hours: how long to wait. After that the run fails; the challenger and its report stay, and
            `factloom models promote` does what the answer would have done.
    """
    return pause_flow_run(
        wait_for_input=Approval.with_initial_data(description=report),
        timeout=int(timedelta(hours=hours).total_seconds()),
        poll_interval=POLL_SECONDS,
        key="approval",
    )
