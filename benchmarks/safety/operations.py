"""How soon is a run seen to be dead, whose worker and process were killed?

A real Prefect server, a worker, and ingests of the local profile that would take minutes. Each is
killed at another time after its last heartbeat. `python -m benchmarks.safety.operations` (15
minutes).
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, write
from flows.cli.local.api import start_server
from flows.components import close_components, components
from flows.operations.deploy import deploy
from flows.run.slots import WRITER
from tests.e2e.operating import Worker, ended, start, until

AFTER_START_SECONDS = (5, 11, 17, 23, 29, 35)
"""Heartbeats are sent every 30 s, so these meet every part of that time."""
COPIES = 40
"""Of the samples' 44 documents: one by one they take longer than any of these runs lives."""


def main() -> None:
    """Kill, wait, write down."""
    with tempfile.TemporaryDirectory() as folder, _operated(Path(folder)) as client:
        detected, freed = [], []
        for seconds in AFTER_START_SECONDS:
            dead, free = _kill_once(client, Path(folder), seconds)
            print(f"killed after {seconds} s: Crashed {dead:.1f} s later, slot free {free:.1f} s")
            detected.append(dead)
            freed.append(free)
    figures = {
        "kills": len(detected),
        "crash_detected_s": median(detected),
        "crash_detected_max_s": max(detected),
        "writer_slot_free_s": median(freed),
        "writer_slot_free_max_s": max(freed),
    }
    write("operations", figures, title="a worker and its run, killed")


def _kill_once(client: SyncPrefectClient, folder: Path, seconds: float) -> tuple[float, float]:
    """Return how long after a kill the run was Crashed, and the writer's slot was free."""
    worker = Worker({}, folder / "worker.log")
    run = start(client, "ingest/nightly")

    def writing() -> bool:
        return bool(client.read_global_concurrency_limit_by_name(WRITER).active_slots)

    until(writing, f"no run writes: {folder / 'worker.log'}")
    time.sleep(seconds)
    worker.kill()
    killed_at = time.time()
    assert writing()
    state = ended(client, run).state
    assert state is not None
    assert state.name == "Crashed", state
    until(lambda: not writing(), "the writer's slot stays taken")
    return state.timestamp.timestamp() - killed_at, time.time() - killed_at


@contextmanager
def _operated(folder: Path) -> Iterator[SyncPrefectClient]:
    """Have a server with everything deployed, and documents to ingest."""
    server = start_server(folder / "prefect")
    os.chdir(ROOT)
    os.environ |= local_environment(folder / "home")
    os.environ |= {
        "FACTLOOM_SOURCE__PATH": str(_documents(folder)),
        "FACTLOOM_RUN__BATCH_DOCUMENTS": "1",
        "PREFECT_API_URL": server.url,
    }
    close_components()
    try:
        server.wait()
        with (
            temporary_settings({PREFECT_API_URL: server.url}),
            get_client(sync_client=True) as ours,
        ):
            list(deploy())
            yield ours
    finally:
        components().server().stop()
        server.stop()


def _documents(folder: Path) -> Path:
    lines = (ROOT / "samples" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    path = folder / "documents.jsonl"
    copies = ({**each, "id": f"{each['id']}-{copy}"} for copy in range(COPIES) for each in samples)
    path.write_text("".join(f"{json.dumps(each)}\n" for each in copies), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
