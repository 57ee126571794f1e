"""Do two extract faster than one, and do they make the same graph, also where one is killed?

One thread of matrix products for each worker or actor. The same documents are ingested by the
process itself, by one and by two workers of `extract/shard`, and by two Ray actors; then once more
by two of either, of which one is killed when the first batch is written. Each graph is compared
with the first. All share this machine's cores with the servers.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.parts.report import ROOT, write
from benchmarks.speed.parts.ingest_runs import (
    embedded_graph,
    empty_graph,
    ingest_file,
    prefect_api,
    set_run,
)
from benchmarks.speed.throughput import sample
from flows.cli.views.terminal import heed_ctrl_c
from flows.components import components
from graph.reading.snapshot import Snapshot, diff, snapshot
from tests.e2e.operating import Worker, until

DOCUMENTS = 192
SHARD = 48
POOL = "factloom-gpu"
MARGIN_STEP = 1.5e-4
"""Margins have four decimals, and documents in other batches may move the last one."""


@contextmanager
def workers(number: int, shared: str) -> Iterator[list[Worker]]:
    """Have Prefect workers that take one run each, and find their shards in a shared folder."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL]
    command += ["--type", "process", "--limit", "1"]
    environment = {"FACTLOOM_RUN__SHARED_FOLDER": shared, "OMP_NUM_THREADS": "1"}
    started = [
        Worker(environment, Path(shared) / f"{each}.log", [*command, "--name", f"worker-{each}"])
        for each in range(number)
    ]
    try:
        yield started
    finally:
        for worker in started:
            worker.stop()


def kill_an_actor() -> None:
    """Kill one of the processes that Ray has for this one's actors."""
    [actor, *_] = [
        child
        for child in psutil.Process().children(recursive=True)
        if any("RemoteExtractor" in part for part in child.cmdline())
    ]
    actor.kill()


def deploy() -> None:
    """Register the deployments of prefect.yaml, `extract/shard` among them."""
    command = [str(Path(sys.executable).with_name("factloom")), "deploy"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


class Bench:
    """Runs that are timed and compared."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: Snapshot | None = None
        self.rates: dict[str, float] = {}
        self.equal = 0

    def run(self, name: str, kill: Callable[[], None] | None = None, **settings: object) -> None:
        """Ingest into an empty graph, and compare it with the first one's.

        Args:
            name: of the figure.
            kill: kills something, when the first batch is written.
            settings: of the section `run`.
        """
        set_run(**settings)
        empty_graph()
        with ThreadPoolExecutor(1) as aside:
            killed = aside.submit(_once_written, kill) if kill else None
            report = ingest_file(self._path)
            if killed:
                killed.result()
        made = snapshot(components().graph)
        self._first = self._first or made
        differences = diff(made, self._first, tolerance=MARGIN_STEP)
        rate = report.counts.processed / report.elapsed
        print(f"{name}: {rate:.2f} docs/s, {differences[:3] or 'same graph'}", flush=True)
        self.rates[name] = rate
        self.equal += not differences


def _once_written(kill: Callable[[], None]) -> None:
    graph = components().graph
    until(lambda: graph.counts()["documents"], "nothing is written")
    kill()


def main() -> None:
    """Measure, and fail where a graph came out different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="to ingest")
    parser.add_argument("--shard", type=int, default=SHARD, help="documents per run of a worker")
    given = parser.parse_args()
    heed_ctrl_c()
    with prefect_api() as home, embedded_graph(home), tempfile.TemporaryDirectory() as shared:
        bench = Bench(sample(given.data, home, given.documents))
        bench.run("threads")
        deploy()
        several = {
            "task_runner": "workers",
            "shared_folder": shared,
            "shard_documents": given.shard,
        }
        for number in (1, 2):
            with workers(number, shared):
                bench.run(f"workers_{number}", **several, parallel=number)
        with workers(2, shared) as (one, _):
            bench.run("worker_killed", one.kill, **several, parallel=2)
        bench.run("ray_2", task_runner="ray", parallel=2)
        bench.run("actor_killed", kill_an_actor, task_runner="ray", parallel=2)
    figures = {
        **bench.rates,
        "equal": bench.equal,
        "runs": len(bench.rates),
        "documents": given.documents,
        "shard_documents": given.shard,
    }
    write("scale", figures, title="the same documents, extracted by several")
    if bench.equal < len(bench.rates):
        sys.exit("a graph came out different")


if __name__ == "__main__":
    main()
