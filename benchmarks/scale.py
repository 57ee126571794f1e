"""Do two extract faster than one, and do they make the same graph? Prefect workers, and Ray.

One thread of matrix products for each worker or actor. The same documents are ingested by the
process itself, by one and by two workers of `extract/shard`, and by two Ray actors; each graph is
compared with the first. All share this machine's cores with the servers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ingest_runs import (
    embedded_graph,
    empty_graph,
    ingest_file,
    prefect_api,
    set_run,
)
from benchmarks.report import ROOT, write
from benchmarks.throughput import sample
from flows.commands.terminal import heed_ctrl_c
from flows.components import components
from graph.snapshot import Snapshot, diff, snapshot

DOCUMENTS = 192
SHARD = 48
POOL = "factloom-gpu"
STOP_SECONDS = 30
MARGIN_STEP = 1.5e-4
"""Margins have four decimals, and documents in other batches may move the last one."""


@contextmanager
def workers(number: int, shared: str) -> Iterator[None]:
    """Have Prefect workers that take one run each, and find their shards in a shared folder."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL]
    environment = {**os.environ, "FACTLOOM_RUN__SHARED_FOLDER": shared, "OMP_NUM_THREADS": "1"}
    started = [
        subprocess.Popen(
            [*command, "--type", "process", "--limit", "1", "--name", f"worker-{each}"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for each in range(number)
    ]
    try:
        yield
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            try:
                worker.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:  # some never come back from being asked
                worker.kill()
                worker.wait()


def deploy() -> None:
    """Register the deployments of prefect.yaml, `extract/shard` among them."""
    command = [str(Path(sys.executable).with_name("factloom")), "deploy"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


class Bench:
    """Runs that are timed and compared."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: Snapshot | None = None
        self.figures: dict[str, float] = {}

    def run(self, name: str, **settings: object) -> None:
        """Ingest into an empty graph, and compare it with the first one's."""
        set_run(**settings)
        empty_graph()
        report = ingest_file(self._path)
        made = snapshot(components().graph)
        self._first = self._first or made
        differences = diff(made, self._first, tolerance=MARGIN_STEP)
        rate = report.counts.processed / report.elapsed
        print(f"{name}: {rate:.2f} docs/s, {differences[:3] or 'same graph'}", flush=True)
        self.figures[name] = rate
        self.figures[f"{name}_differences"] = len(differences)


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
        for number in (1, 2):
            with workers(number, shared):
                bench.run(
                    f"workers_{number}",
                    task_runner="workers",
                    parallel=number,
                    shared_folder=shared,
                    shard_documents=given.shard,
                )
        bench.run("ray_2", task_runner="ray", parallel=2)
    figures = bench.figures | {"documents": given.documents, "shard_documents": given.shard}
    write("scale", figures, title="the same documents, extracted by several")
    if any(value for name, value in figures.items() if name.endswith("_differences")):
        sys.exit("a graph came out different")


if __name__ == "__main__":
    main()
