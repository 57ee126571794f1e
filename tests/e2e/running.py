"""Running flows as the command line does, in the test's own process."""

from __future__ import annotations

from typing import Any

from prefect.client.schemas import State

from flows.ingest import ingest
from flows.params import IngestParams
from flows.report import IngestReport


def run(params: IngestParams) -> tuple[State[Any], IngestReport]:
    """Run the flow `ingest`; return its state and what it reports."""
    state: State[Any] = ingest(params, return_state=True)
    report = state.result(raise_on_failure=False)
    if isinstance(report, Exception):
        raise report
    assert isinstance(report, IngestReport)
    return state, report
