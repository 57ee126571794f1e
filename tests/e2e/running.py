"""Running flows in the test's own process, and seeing what they leave at Prefect."""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas import State
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort

from flows.ingest import ingest
from flows.params import IngestParams
from flows.report import IngestReport

MARGIN_STEP = 1.5e-4
"""One step of a margin's last decimal, and what floats add: other batches may move it by that."""


def run(params: IngestParams) -> tuple[State[Any], IngestReport]:
    """Run the flow `ingest`; return its state and what it reports."""
    state: State[Any] = ingest(params, return_state=True)
    report = state.result(raise_on_failure=False)
    if isinstance(report, Exception):
        raise report
    assert isinstance(report, IngestReport)
    return state, report


def artifact(key: str) -> str:
    """Return the newest artifact of a key. (Prefect's own `Artifact.get` leaves a socket open.)"""
    chosen = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    with get_client(sync_client=True) as client:
        [newest] = client.read_artifacts(
            artifact_filter=chosen, sort=ArtifactSort.CREATED_DESC, limit=1
        )
    return str(newest.data)
