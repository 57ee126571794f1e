"""Running flows in the test's own process, and seeing what they leave at Prefect."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas import State
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort

from flows.ingest.flow import ingest
from flows.params import IngestParams
from flows.reports.ingest_report import IngestReport
from flows.run.prefect_state import report_of
from tests.e2e.conftest import ROOT

PATIENCE_SECONDS = 300.0
MARGIN_STEP = 1.5e-4
"""One step of a margin's last decimal, and what floats add: other batches may move it by that."""


def run(params: IngestParams) -> tuple[State[Any], IngestReport]:
    """Run the flow `ingest`; return its state and what it reports."""
    state: State[Any] = ingest(params, return_state=True)
    report = report_of(state)
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


def kill_once(arguments: Sequence[str], reached: Callable[[], bool]) -> None:
    """Run a command of factloom as a process of its own, and kill -9 it at a point of its work."""
    with subprocess.Popen(
        [sys.executable, "-c", "from flows.cli.app import app; app()", *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            assert process.poll() is None, "the command ended by itself"
            assert time.monotonic() < deadline, "the command did not get there"
            time.sleep(0.02)
        process.kill()
