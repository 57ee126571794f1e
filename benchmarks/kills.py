"""Is an ingest that is killed anywhere, and run again, the same as one that was never killed?

Twelve documents with gold mentions are read, extracted, written, and the cursor moved behind them.
A child is killed (SIGKILL) at random moments, each stage in its turn; then the ingest runs again,
and the graph is compared with that of a clean run. On the embedded server, and on Neo4j.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from neo4j import GraphDatabase

from benchmarks.killable import STAGES, Moment, ingest
from benchmarks.neo4j_process import DATABASE, neo4j
from benchmarks.processes import local_environment
from benchmarks.report import ROOT, write
from extractor.checkpoint import Checkpoint
from flows.commands.local_api import local_api
from graph.client import Graph, connect
from graph.server import EmbeddedServer
from graph.snapshot import Snapshot, diff, snapshot

DOCUMENTS = 12
MARGIN_STEP = 1.5e-4
"""Margins have four decimals, and documents in other batches may move the last one."""
ACCESS = ("uri", "username", "password", "database")
Times = dict[tuple[str, int], float]
"""(stage, occurrence) -> seconds."""


class Bench:
    """Runs, kills and compares, on one graph server."""

    def __init__(self, path: Path, checkpoint: Checkpoint, home: Path) -> None:
        self._path = path
        self._checkpoint = checkpoint
        self._log = home / "children.log"
        self._random = random.Random(20261125)
        self.kills: Counter[str] = Counter()
        self.equal = 0

    def clean_run(self) -> tuple[Snapshot, Times]:
        """Return the graph of a run that nobody kills, and how long each stage took each time."""
        _empty()
        with ingest(self._path, self._checkpoint, self._log) as child:
            moments = child.wait()
        if child.code:
            raise SystemExit(f"the clean run failed: see {self._log.read_text()[-3000:]}")
        with _graph() as graph:
            return snapshot(graph), _times(moments)

    def kill_once(self, stage: str, clean: Snapshot, times: Times) -> None:
        """Kill a run at a random moment of a stage, run it again, compare."""
        _empty()
        occurrence = self._random.choice([number for mark, number in times if mark == stage])
        with ingest(self._path, self._checkpoint, self._log) as child:
            if not child.until(stage, occurrence):
                raise SystemExit(f"a run ended by itself: see {self._log.read_text()[-3000:]}")
            time.sleep(self._random.random() * times[stage, occurrence])
            child.kill()
        where = STAGES[stage] if stage in child.inside else "between stages"
        with ingest(self._path, self._checkpoint, self._log) as again:
            again.wait()
        with _graph() as graph:
            differences = diff(snapshot(graph), clean, tolerance=MARGIN_STEP)
        self.kills[where] += 1
        self.equal += again.code == 0 and not differences
        print(
            f"{self.kills.total():4} killed while {where}: {differences[:3] or 'equal'}", flush=True
        )


def _times(moments: Sequence[Moment]) -> Times:
    """Return the seconds of each stage's occurrences, counted from 1."""
    begun: defaultdict[str, list[float]] = defaultdict(list)
    times: Times = {}
    for moment in moments:
        stage = moment.mark.upper()
        if moment.mark == stage:
            begun[stage].append(moment.at)
        else:
            times[stage, len(begun[stage])] = moment.at - begun[stage][-1]
    return times


@contextmanager
def _embedded(home: Path) -> Iterator[None]:
    """Have the settings name an embedded server, and start it."""
    os.environ |= {
        name: value
        for name, value in local_environment(home).items()
        if name.startswith("FACTLOOM_")
    }
    server = EmbeddedServer(home, int(os.environ["FACTLOOM_GRAPH__PORT"]))
    server.start()
    try:
        with _named(server.uri, server.username, server.password, server.database):
            yield
    finally:
        server.stop()


@contextmanager
def _neo4j(home: Path) -> Iterator[None]:
    """Have the settings name a Neo4j, and start it."""
    with neo4j(home) as server, _named(server.uri, "neo4j", "none needed", DATABASE):
        yield


@contextmanager
def _named(uri: str, username: str, password: str, database: str) -> Iterator[None]:
    """Have the settings name a server by its address."""
    named = {"KIND": "neo4j", "URI": uri, "USERNAME": username}
    named |= {"PASSWORD": password, "DATABASE": database}
    os.environ |= {f"FACTLOOM_GRAPH__{name}": value for name, value in named.items()}
    yield


def _graph() -> Graph:
    given = {name: os.environ[f"FACTLOOM_GRAPH__{name.upper()}"] for name in ACCESS}
    return connect(
        given["uri"],
        username=given["username"],
        password=given["password"],
        database=given["database"],
    )


def _empty() -> None:
    given = {name: os.environ[f"FACTLOOM_GRAPH__{name.upper()}"] for name in ACCESS}
    with GraphDatabase.driver(
        given["uri"], auth=(given["username"], given["password"]), notifications_min_severity="OFF"
    ) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n", database_=given["database"])


def _documents(data: Path, folder: Path) -> Path:
    """Write twelve documents with gold mentions into a file of their own."""
    records = json.loads((data / "redocred" / "dev_revised.json").read_text(encoding="utf-8"))
    path = folder / "twelve.json"
    path.write_text(json.dumps(records[:DOCUMENTS]), encoding="utf-8")
    return path


def main() -> None:
    """Kill on both servers, and write down how often the graph came out equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--embedded", type=int, default=100, help="kills on the embedded server")
    parser.add_argument("--neo4j", type=int, default=20, help="kills on Neo4j")
    given = parser.parse_args()
    torch.set_num_threads(1)  # a forked child would wait for threads that it does not have
    checkpoint = Checkpoint.from_pretrained(ROOT / "models" / "factloom-minilm")
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, local_api(Path(folder)) as api:
        if api is not None:
            api.wait()
        path = _documents(given.data, Path(folder))
        total: Counter[str] = Counter()
        for name, server, kills in (
            ("embedded", _embedded, given.embedded),
            ("neo4j", _neo4j, given.neo4j),
        ):
            home = Path(folder) / name
            home.mkdir()
            with server(home):
                bench = Bench(path, checkpoint, home)
                bench.clean_run()  # the server compiles its plans: its stages are slow this once
                clean, times = bench.clean_run()
                print(f"{name}: {clean}", flush=True)
                for stage in itertools.islice(itertools.cycle(STAGES), kills):
                    bench.kill_once(stage, clean, times)
            figures |= {f"kills_{name}": bench.kills.total(), f"equal_{name}": bench.equal}
            total += bench.kills
    figures |= {f"killed_{where.replace(' ', '_')}": count for where, count in total.items()}
    kills = {"kills": total.total()}
    equal = {"equal": sum(value for name, value in figures.items() if name.startswith("equal_"))}
    write("kills", kills | equal | figures, title="kill -9, then the same again")
    if kills["kills"] != equal["equal"]:
        sys.exit("a graph came out different")


if __name__ == "__main__":
    main()
