"""Running the ingest flow in this process, as the command line does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flows.components import components
from flows.local_api import local_api
from flows.params import IngestParams
from flows.report import IngestReport
from flows.terminal import errors, progress_bar


def run_ingest(params: IngestParams) -> IngestReport:
    """Run the flow and return its report, however it ended.

    Servers start and the model loads at the same time: on two cores that halves the wait.

    Raises:
        Exception: whatever stopped the flow.
    """
    parts = components()
    with (
        errors.status("Starting: graph, model, Prefect") as starting,
        local_api(parts.settings.home) as server,
        ThreadPoolExecutor(1) as aside,
    ):
        if not params.dry_run:
            aside.submit(parts.graph)  # what it raises, the flow meets again
        parts.extractor()
        from flows.ingest import ingest

        if server is not None:
            server.wait()
        starting.stop()
        with progress_bar("Ingesting"):
            state = ingest(params, return_state=True)
        outcome = state.result(raise_on_failure=False)
    if isinstance(outcome, Exception):
        raise outcome
    assert isinstance(outcome, IngestReport)
    return outcome
