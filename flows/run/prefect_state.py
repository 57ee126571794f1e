"""How a run ends at Prefect: in its own state, for its own reason, with its report.

Prefect raises what a state other than Completed holds. So that is an error: its message is all that
a worker's log tells, and whoever ran the flow finds the report in it.
"""

from __future__ import annotations

from typing import Any, TypeVar

from prefect.client.schemas import State
from prefect.states import Cancelled, Failed

from flows.errors import NotCompleted

Report = TypeVar("Report")


def ended(state: str, why: str, report: Report) -> Report | State[Report]:
    """Return a flow's report, in the state that Prefect shall show unless that is Completed."""
    if state == "Completed":
        return report
    end = Cancelled if state == "Cancelled" else Failed
    return end(message=why, data=NotCompleted(why, report))


def report_of(state: State[Any]) -> Any:
    """Return the report of a run, however it ended; raise what stopped it."""
    result = state.result(raise_on_failure=False)
    if isinstance(result, NotCompleted):
        return result.report
    if isinstance(result, Exception):
        raise result
    return result
