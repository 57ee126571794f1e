"""Is a command that is killed anywhere, and run again, the same as one that was never killed?

Twelve documents with gold mentions are ingested; four of them are deleted, and retracted by ingest
or by reconcile; half of them come from another checkpoint, and are extracted again by backfill. A
child is killed (SIGKILL) at random moments, each stage in its turn; then the command runs again,
and the graph is compared with that of a clean run. On the embedded server, and on Neo4j. Some
times it is the embedded server itself that is killed while documents are written.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, write
from benchmarks.safety.parts.graph_servers import Access, embedded_server, neo4j_server
from benchmarks.safety.parts.killable import PAGE, SOURCE, STAGES, Command, Moment, load, running
from corpus.files.source import FileSource
from extractor.checkpoint import Checkpoint
from extractor.schema import Document, Extraction
from flows.cli.local.api import local_api
from graph.model.records import RunInfo
from graph.reading.snapshot import Snapshot, diff, snapshot
from graph.server.embedded import EmbeddedServer

CHECKPOINT = ROOT / "models" / "factloom-minilm"
DOCUMENTS = 12
GONE = 4
OTHER = "other@00000000"
"""The checkpoint that half of the documents come from where there is something to backfill."""
MARGIN_STEP = 1.5e-4
"""Margins have four decimals, and documents in other batches may move the last one."""
Times = dict[tuple[str, int], float]
"""(stage, occurrence) -> seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A command, and the graph that it finds."""

    command: Command
    stages: str
    """In which it is killed."""
    written: bool = True
    """Whether all documents are in the graph."""
    backfills: bool = False
    """Whether half of them come from another checkpoint, which was the champion for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What the checkpoint says of the documents."""

    extractions: Sequence[Extraction]
    config_hash: str


class Bench:
    """Runs, kills and compares, on one graph server."""

    def __init__(
        self, access: Access, checkpoint: Checkpoint, extracted: Extracted, log: Path
    ) -> None:
        self._access = access
        self._checkpoint = checkpoint
        self._extracted = extracted
        self._log = log
        self._random = random.Random(20261125)
        self.kills: Counter[str] = Counter()
        self.equal = 0

    def clean_run(self, scene: Scene) -> tuple[Snapshot, Times]:
        """Return the graph of a run that nobody kills, and how long each stage took each time."""
        self._begin(scene)
        with running(scene.command, self._checkpoint, self._log) as child:
            moments = child.wait()
        if child.code:
            raise SystemExit(f"the clean run failed: see {self._log.read_text()[-3000:]}")
        with self._access.connect() as graph:
            return snapshot(graph), _times(moments)

    def kill_everywhere(self, scenes: Sequence[Scene], wanted: int) -> None:
        """Kill in every stage of every scene, until so many kills in all have hit theirs."""
        each = math.ceil(wanted / sum(len(scene.stages) for scene in scenes))
        for scene in scenes if wanted else ():
            clean, times = self.clean_run(scene)
            for stage in scene.stages:
                hits = 0
                while hits < each:
                    hits += self._kill_once(scene, stage, clean, times)

    def _kill_once(self, scene: Scene, stage: str, clean: Snapshot, times: Times) -> bool:
        """Kill it at a random moment of a stage, run it again, compare; say whether it hit."""
        self._begin(scene)
        occurrence = self._random.choice([number for mark, number in times if mark == stage])
        with running(scene.command, self._checkpoint, self._log) as child:
            if not child.until(stage, occurrence):
                raise SystemExit(f"a run ended by itself: see {self._log.read_text()[-3000:]}")
            time.sleep(self._random.random() * times[stage, occurrence])
            child.kill()
        hit = stage in child.inside
        where = f"{scene.command.flow} {STAGES[stage]}" if hit else "between stages"
        self.kills[where] += 1
        differences = self._again(scene, clean)
        self.equal += not differences
        print(f"{self.kills.total():4} killed in {where}: {differences[:3] or 'equal'}", flush=True)
        return hit

    def kill_server(self, scene: Scene, server: EmbeddedServer, kills: int) -> dict[str, float]:
        """Kill the server under a command that writes; return how often, and how often equal."""
        clean, times = self.clean_run(scene)
        equal = 0
        for number in range(1, kills + 1):
            self._begin(scene)
            occurrence = self._random.choice([number for mark, number in times if mark == "W"])
            with running(scene.command, self._checkpoint, self._log) as child:
                if not child.until("W", occurrence):
                    raise SystemExit(f"a run ended by itself: see {self._log.read_text()[-3000:]}")
                time.sleep(self._random.random() * times["W", occurrence])
                os.kill(json.loads(server.files.state.read_text())["pid"], signal.SIGKILL)
            server.start()
            differences = self._again(scene, clean)
            equal += not differences
            print(f"{number:4} killed the server: {differences[:3] or 'equal'}", flush=True)
        return {"server_kills": kills, "server_equal": equal}

    def _again(self, scene: Scene, clean: Snapshot) -> list[str]:
        """Run the command again, and return what is not as after a clean run."""
        with running(scene.command, self._checkpoint, self._log) as again:
            again.wait()
        with self._access.connect() as graph:
            differences = diff(snapshot(graph), clean, tolerance=MARGIN_STEP)
        return differences + (["it failed"] if again.code else [])

    def _begin(self, scene: Scene) -> None:
        """Let the graph be what the scene's command finds."""
        self._access.empty()
        if not scene.written:
            return
        everything = self._extracted.extractions
        parts = [(self._checkpoint.name, everything)]
        parts += [(OTHER, everything[: DOCUMENTS // 2])] if scene.backfills else []
        with self._access.connect() as graph:
            graph.ensure_schema()
            for checkpoint, extractions in parts:
                run = RunInfo(
                    id=f"before {checkpoint}",
                    flow="ingest",
                    checkpoint=checkpoint,
                    config_hash=self._extracted.config_hash,
                    git_sha="",
                    started_at="2026-11-25T00:00:00Z",
                    source=SOURCE,
                )
                writer = graph.writer(run, self._checkpoint.relations)
                writer.start_run()
                writer.upsert(extractions)


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


def _extract(documents: Sequence[Document]) -> Extracted:
    """Extract documents as an ingest does; in a process of its own, as torch and forks go badly."""
    from flows.components import components

    extractor = components().extractor
    found = [
        extraction
        for at in range(0, len(documents), PAGE)
        for extraction in extractor.extract(documents[at : at + PAGE])
    ]
    return Extracted(extractions=found, config_hash=components().config_hash(SOURCE))


def _prepare(data: Path, folder: Path) -> tuple[tuple[Scene, ...], Extracted]:
    """Set what all children are to know, and return the scenes and what their documents say."""
    settings = local_environment(folder) | {
        "FACTLOOM_RUN__BATCH_DOCUMENTS": str(PAGE),
        "FACTLOOM_RUN__MAX_RETRACTED_SHARE": "1.0",
    }
    os.environ |= {name: text for name, text in settings.items() if name.startswith("FACTLOOM_")}
    records = json.loads((data / "redocred" / "dev_revised.json").read_text(encoding="utf-8"))
    path, fewer = folder / "twelve.json", folder / "eight.json"
    path.write_text(json.dumps(records[:DOCUMENTS]), encoding="utf-8")
    fewer.write_text(json.dumps(records[: DOCUMENTS - GONE]), encoding="utf-8")
    [page] = FileSource(SOURCE, path).pages("")
    documents = [each for each in page.records if isinstance(each, Document)]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        extracted = pool.apply(_extract, (documents,))
    deleted = frozenset(document.id for document in documents[-GONE:])
    scenes = (
        Scene(command=Command(flow="ingest", path=path), stages="REWM", written=False),
        Scene(command=Command(flow="ingest", path=path, deleted=deleted), stages="X"),
        Scene(command=Command(flow="backfill", path=path), stages="SEW", backfills=True),
        Scene(command=Command(flow="reconcile", path=fewer), stages="KX"),
    )
    return scenes, extracted


def main() -> None:
    """Kill on both servers, and write down how often the graph came out equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--embedded", type=int, default=100, help="kills on the embedded server")
    parser.add_argument("--neo4j", type=int, default=20, help="kills on Neo4j")
    parser.add_argument("--servers", type=int, default=5, help="kills of the embedded server")
    given = parser.parse_args()
    torch.set_num_threads(1)  # a forked child would wait for threads that it does not have
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    figures: dict[str, float] = {}
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, local_api(Path(folder)) as api:
        if api is not None:
            api.wait()
        load()
        scenes, extracted = _prepare(given.data, Path(folder))
        for name, started, kills in (
            ("embedded", embedded_server, given.embedded),
            ("neo4j", neo4j_server, given.neo4j),
        ):
            with started(Path(folder) / name) as (access, server):
                os.environ |= access.settings
                bench = Bench(access, checkpoint, extracted, Path(folder) / f"{name}.log")
                bench.clean_run(scenes[0])  # the server compiles its plans: slow this once
                bench.kill_everywhere(scenes, kills)
                if server is not None:
                    figures |= bench.kill_server(scenes[0], server, given.servers)
            figures |= {f"kills_{name}": bench.kills.total(), f"equal_{name}": bench.equal}
            total += bench.kills
    figures |= {f"killed_{where.replace(' ', '_')}": count for where, count in total.items()}
    kills = {"kills": total.total()}
    equal_kills = {"equal": figures["equal_embedded"] + figures["equal_neo4j"]}
    write("kills", kills | equal_kills | figures, title="kill -9, then the same again")
    if (kills["kills"], figures["server_kills"]) != (equal_kills["equal"], figures["server_equal"]):
        sys.exit("a graph came out different")


if __name__ == "__main__":
    main()
