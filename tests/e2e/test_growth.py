"""Whoever extracts, Ray actors or several Prefect workers, the graph is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate

from flows.components import close_components
from flows.errors import NoRay
from flows.ingest.shard import extract_shard
from flows.params import IngestParams
from graph.client import Graph
from graph.reading.snapshot import Snapshot, diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.e2e.conftest import ROOT, empty
from tests.e2e.running import MARGIN_STEP, run

pytestmark = pytest.mark.e2e

POOL = "shards"
SOME = IngestParams(path=Path("samples/documents.jsonl"), name="samples", limit=12)
BATCH_DOCUMENTS, SHARD_DOCUMENTS = 3, 6
PATIENCE_SECONDS = 300.0

Elsewhere = Callable[..., None]


@pytest.fixture
def clean(graph: Graph, home: EmbeddedServer) -> Snapshot:
    """The graph that one process makes; it is empty again afterwards."""
    state, _ = run(SOME)
    assert state.is_completed()
    made = snapshot(graph)
    empty(home)
    return made


@pytest.fixture
def set_run(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Return what changes the settings of the run."""

    def change(**settings: object) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"FACTLOOM_RUN__{name.upper()}", str(value))
        close_components()

    return change


@pytest.mark.long
def test_ray_gives_the_same_graph(graph: Graph, clean: Snapshot, set_run: Elsewhere) -> None:
    set_run(task_runner="ray", parallel=2, batch_documents=BATCH_DOCUMENTS)
    state, report = run(SOME)
    assert state.is_completed()
    assert report.counts.processed == 12
    assert diff(snapshot(_graph()), clean, tolerance=MARGIN_STEP) == []


def test_a_ray_cluster_that_is_not_there_is_named(graph: Graph, set_run: Elsewhere) -> None:
    set_run(task_runner="ray", ray_address="127.0.0.1:1")
    with pytest.raises(NoRay, match=r"127\.0\.0\.1:1"):
        run(SOME)


def test_two_workers_give_the_same_graph_also_if_one_is_killed(
    graph: Graph, clean: Snapshot, set_run: Elsewhere, tmp_path: Path, prefect_api: str
) -> None:
    set_run(
        task_runner="workers",
        parallel=2,
        shared_folder=tmp_path / "shared",
        shard_documents=SHARD_DOCUMENTS,
    )
    deploy()
    with workers(tmp_path, prefect_api, 2) as started, ThreadPoolExecutor(1) as aside:
        killed = aside.submit(kill_a_shard, started)
        state, report = run(SOME)
        assert killed.result()
    assert state.is_completed()
    assert report.counts.processed == 12
    assert diff(snapshot(_graph()), clean, tolerance=MARGIN_STEP) == []
    assert list((tmp_path / "shared" / "factloom-shards").iterdir()) == []


def _graph() -> Graph:
    from flows.components import components

    return components().graph


def deploy() -> None:
    """Make the pool, and the deployment that extracts shards."""
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
    source = extract_shard.from_source(str(ROOT), "flows/ingest/shard.py:extract_shard")
    assert isinstance(source, Flow)  # a coroutine only where an event loop runs
    source.deploy("shard", work_pool_name=POOL, print_next_steps=False)


@contextmanager
def workers(folder: Path, api: str, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Have workers that take one run each; what they run ends with them."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL]
    command += ["--type", "process", "--limit", "1"]
    environment = {
        **os.environ,
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    started = []
    for each in range(number):
        with (folder / f"worker-{each}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [*command, "--name", f"worker-{each}"],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
    try:
        yield started
    finally:
        for worker in started:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def kill_a_shard(started: Sequence[subprocess.Popen[bytes]]) -> bool:
    """Kill the process of the first shard that runs, as the kernel does where memory is short."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for worker in started:
            for child in psutil.Process(worker.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if "prefect.engine" in child.cmdline():
                        child.kill()
                        return True
        time.sleep(0.1)
    return False
