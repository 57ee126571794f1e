"""What does it cost to find out which documents of many are stale, on both servers?

The documents are made up, each with the evidence of a few edges, and no model takes part: only the
walk that a backfill begins with is measured, and the count that `factloom status` shows.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.parts.neo4j_process import DATABASE, neo4j
from benchmarks.parts.report import write
from flows.backfill.backfill_queue import Queue
from graph.client import Graph, connect
from graph.model.records import RunInfo, StaleDocument
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import free_port

EDGES = 3
"""Evidence of each document."""
ROWS = 5_000
CHAMPION = RunInfo(
    id="bench", flow="bench", checkpoint="a@1", config_hash="c", git_sha="", started_at=""
)
CHALLENGER = replace(CHAMPION, checkpoint="b@2")
FILL = """
UNWIND $rows AS r
CREATE (d:Document {id: r.id, source: 'bench', title: r.id, updated_at: r.at, checkpoint: 'a@1',
                    config_hash: 'c', content_hash: r.id, index: '', url: '', unscored_pairs: 0})
WITH d UNWIND range(1, $edges) AS number
CREATE (:Evidence {id: d.id + '/' + toString(number), document: d.id})-[:FROM]->(d)
"""


def fill(graph: Graph, documents: int) -> None:
    """Write documents that the champion extracted."""
    graph.ensure_schema()
    for start in range(0, documents, ROWS):
        rows = [
            {"id": f"bench:d{number:08}", "at": f"2026-{1 + number % 12:02}-01T00:00:00Z"}
            for number in range(start, min(documents, start + ROWS))
        ]
        graph.define(FILL, rows=rows, edges=EDGES)


def measure(graph: Graph, documents: int) -> dict[str, float]:
    """Return the seconds of a walk where all is stale, where nothing is, and of the count."""
    fill(graph, documents)

    def stale(run: RunInfo) -> Iterator[StaleDocument]:
        return graph.stale_documents("bench", run=run)

    list(stale(CHAMPION))  # the servers plan each statement once
    with closing(Queue("newest")) as queue:
        figures = {
            "all_stale_s": seconds(lambda: queue.add(stale(CHALLENGER))),
            "sorted_s": seconds(lambda: next(iter(queue))),
        }
        assert len(queue) == documents
    figures["none_stale_s"] = seconds(lambda: list(stale(CHAMPION)))
    figures["count_s"] = seconds(graph.documents_by_checkpoint)
    return figures


def seconds(work: Callable[[], Any]) -> float:
    """Return how long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def embedded_graph(home: Path) -> Iterator[Graph]:
    """Run an embedded server."""
    server = EmbeddedServer(home, free_port())
    server.start()
    try:
        with connect(
            server.uri,
            username=server.username,
            password=server.password,
            database=server.database,
        ) as graph:
            yield graph
    finally:
        server.stop()


@contextmanager
def neo4j_graph(home: Path) -> Iterator[Graph]:
    """Run a Neo4j."""
    with (
        neo4j(home) as server,
        connect(server.uri, username="", password="", database=DATABASE) as graph,
    ):
        yield graph


def main() -> None:
    """Measure both servers, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="not needed here")
    parser.add_argument("--documents", type=int, default=100_000)
    given = parser.parse_args()
    figures: dict[str, float] = {"documents": given.documents}
    with tempfile.TemporaryDirectory() as folder:
        for name, start in (("embedded", embedded_graph), ("neo4j", neo4j_graph)):
            with start(Path(folder) / name) as graph:
                own = measure(graph, given.documents)
            figures |= {f"{name}_{key}": value for key, value in own.items()}
    figures["client_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    write("backfill", figures, title="finding what is stale")


if __name__ == "__main__":
    main()
