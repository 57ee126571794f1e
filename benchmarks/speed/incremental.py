"""What does it cost to find out that nothing, or little, has changed? On a real Elasticsearch.

No model takes part: a stand-in reads one statement from each made-up document, so that reading,
hashing and writing alone are measured. The graph is the embedded server; each pass is a process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, helpers

from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, write
from flows.cli.local.api import local_api
from graph.model.records import CursorState, RunInfo
from graph.server.embedded import EmbeddedServer
from tests.servers.elasticsearch import running

SHARDS = 3
FILLER = " It was a quiet town by the river, and its records were kept with care." * 4
READER = RunInfo(
    id="bench", flow="bench", checkpoint="no-model@0", config_hash="", git_sha="", started_at=""
)


def documents(count: int) -> Iterator[dict[str, Any]]:
    """Yield made-up documents, each with one statement."""
    for number in range(count):
        text = f"Person {number} was born in City {number % 997}.{FILLER}"
        yield {
            "_id": f"d{number:07}",
            "title": f"Document {number}",
            "text": text,
            "updated_at": "2026-11-25T00:00:00Z",
        }


def fill(url: str, index: str, count: int) -> None:
    """Make an index of several shards and fill it."""
    with Elasticsearch(url, request_timeout=120) as client:
        settings = {"number_of_shards": SHARDS, "number_of_replicas": 0, "refresh_interval": "30s"}
        client.indices.create(index=index, settings=settings)
        started = time.perf_counter()
        for _ in helpers.streaming_bulk(client, documents(count), index=index, chunk_size=2000):
            pass
        client.indices.refresh(index=index)
        print(f"{index}: {count} documents in {time.perf_counter() - started:.0f} s", flush=True)


def run_pass(what: str, source: str, url: str) -> dict[str, float]:
    """Run one pass of a flow over an index of the source's name, and return what it took."""
    environment = {
        **os.environ,
        "FACTLOOM_SOURCE__KIND": "elasticsearch",
        "FACTLOOM_SOURCE__NAME": source,
        "FACTLOOM_ELASTICSEARCH__URL": url,
        "FACTLOOM_ELASTICSEARCH__INDEX": source,
        "FACTLOOM_ELASTICSEARCH__BATCH_SIZE": "1000",
        "FACTLOOM_RUN__BATCH_DOCUMENTS": "500",
    }
    command = [sys.executable, "-m", "benchmarks.speed.parts.passes", what]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    told: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    print(f"{what} {source}: {told['seconds']:.1f} s, {told['peak_mb']:.0f} MB", flush=True)
    return told


def unchanged(url: str, count: int) -> dict[str, float]:
    """Read documents again that the graph has as they are, the cursor cleared."""
    fill(url, "tenk", count)
    run_pass("ingest", "tenk", url)
    forget_cursor("tenk")
    return {"unchanged_10k_s": run_pass("ingest", "tenk", url)["seconds"]}


def large(url: str, count: int) -> dict[str, float]:
    """Read and write many documents; delete a hundredth of them, and reconcile."""
    fill(url, "large", count)
    written = run_pass("ingest", "large", url)
    chosen = random.Random(1).sample(range(count), count // 100)
    with Elasticsearch(url, request_timeout=120) as client:
        gone = [{"_op_type": "delete", "_id": f"d{number:07}"} for number in chosen]
        helpers.bulk(client, gone, index="large", refresh=True)
    reconciled = run_pass("reconcile", "large", url)
    return {
        "peak_mb_100k": written["peak_mb"],
        "docs_per_s_100k": count / written["seconds"],
        "reconcile_100k_s": reconciled["seconds"],
        "reconcile_mb": reconciled["peak_mb"],
    }


def nothing_new(url: str, count: int) -> dict[str, float]:
    """Look for news where there are none; the cursor is at the end of the index."""
    from corpus.elasticsearch.client import connect
    from corpus.elasticsearch.source import ElasticsearchSource

    fill(url, "million", count)
    with closing(connect(url=url)) as elastic:
        source = ElasticsearchSource(elastic, name="million", index="million", batch_size=5000)
        started = time.perf_counter()
        position = ""
        for page in source.pages(""):
            position = page.position
        seconds = time.perf_counter() - started
    set_cursor("million", position)
    return {
        "nothing_new_s": run_pass("ingest", "million", url)["seconds"],
        "read_1m_docs_per_s": count / seconds,
    }


def forget_cursor(source: str) -> None:
    """Let a source be read from its beginning."""
    from flows.components import components

    writer = components().writer(READER)
    writer.start_run()
    writer.forget_cursor(source)


def set_cursor(source: str, position: str) -> None:
    """Say how far a source was read, as the ingest would have."""
    from flows.components import components

    parts = components()
    writer = parts.writer(READER)
    writer.start_run()
    state = CursorState(position=position, config_hash=parts.config_hash(source))
    writer.move_cursor(source, state)


def main() -> None:
    """Measure all passes on servers of this machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="not needed here")
    parser.add_argument("--share", type=float, default=1.0, help="of the documents, to try it out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running() as url:
        home = Path(folder)
        os.environ |= {
            name: value
            for name, value in local_environment(home).items()
            if name.startswith("FACTLOOM_")
        }
        graph = EmbeddedServer(home, int(os.environ["FACTLOOM_GRAPH__PORT"]))
        graph.start()
        with local_api(home) as api:
            if api is not None:
                api.wait()
            try:
                figures = unchanged(url, int(10_000 * given.share))
                figures |= nothing_new(url, int(1_000_000 * given.share))
                figures |= large(url, int(100_000 * given.share))
            finally:
                graph.stop()
    write("incremental", figures, title="finding out what changed")


if __name__ == "__main__":
    main()
