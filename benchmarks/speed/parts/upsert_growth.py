"""Does a graph take documents as fast when it is large, and when they all name one entity?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from statistics import median

from benchmarks.parts.neo4j_process import Neo4jProcess
from benchmarks.speed.parts.upsert_graphs import HUB, RELATIONS, extractions
from extractor.schema import Extraction
from graph.client import Graph
from graph.model.records import RunInfo, UpsertReport

RUN = RunInfo(
    id="benchmark",
    flow="benchmark",
    checkpoint="made-up",
    config_hash="0123456789abcdef",
    git_sha="",
    started_at="2026-01-01T00:00:00Z",
)
FEW_EDGES = 2_000
"""From where the batches that are not counted lead to 10 k edges."""
WARM_BATCHES = 2
"""Not counted: in them the server compiles its plans for the new size."""
BATCHES = 5
DOCUMENTS = 200
"""Of a measured batch."""
LOADED = 500
"""Documents that are sent at once between the measurements, at most."""
EDGES_OF_DOCUMENT = 20


def growth(graph: Graph, server: Neo4jProcess, *, edges: int, hub_edges: int) -> dict[str, float]:
    """Measure the rate with 10 k edges, with `edges`, and then with a hub of `hub_edges`."""
    documents = extractions("growth")
    held = _grow(graph, documents, 0, FEW_EDGES)
    held, few = _measure(graph, server, documents, held)
    held = _grow(graph, documents, held, edges)
    held, many = _measure(graph, server, documents, held)
    hub = extractions("hub", hub=True)
    while (degree := _degree(server)) < hub_edges:
        print(f"hub of {degree:,} edges", flush=True)
        _upsert(graph, list(islice(hub, LOADED)))
    _, at_hub = _measure(graph, server, hub, degree)
    figures: dict[str, float] = {"edges": held, "hub_edges": degree}
    for name, (wall, cpu) in (("10k", few), ("1m", many), ("hub", at_hub)):
        figures[f"rows_per_s_{name}"] = wall
        figures[f"rows_per_cpu_s_{name}"] = cpu
    return figures


def _measure(
    graph: Graph, server: Neo4jProcess, documents: Iterator[Extraction], held: int
) -> tuple[int, tuple[float, float]]:
    """Return the edges held afterwards; the median rows per second and per server CPU second."""
    walls, cpus = [], []
    for _ in range(WARM_BATCHES + BATCHES):
        batch = list(islice(documents, DOCUMENTS))
        before, started = server.cpu_seconds(), time.perf_counter()
        report = _upsert(graph, batch)
        wall, cpu = time.perf_counter() - started, server.cpu_seconds() - before
        walls.append(rows(report) / wall)
        cpus.append(rows(report) / cpu)
        print(f"{held:,} edges: {rows(report):,} rows in {wall:.2f} s, {cpu:.2f} s CPU", flush=True)
        held += report.edges_new
    return held, (median(walls[WARM_BATCHES:]), median(cpus[WARM_BATCHES:]))


def rows(report: UpsertReport) -> int:
    """Return how many nodes and relationships were added."""
    nodes = report.documents + report.entities_new + report.evidence
    return nodes + report.mentions + report.evidence + report.edges_new


def _grow(graph: Graph, documents: Iterator[Extraction], held: int, edges: int) -> int:
    started, at_start = time.perf_counter(), held
    while held < edges:
        documents_now = min(LOADED, (edges - held) // EDGES_OF_DOCUMENT + 1)
        held += _upsert(graph, list(islice(documents, documents_now))).edges_new
        rate = (held - at_start) / (time.perf_counter() - started)
        print(f"{held:,} of {edges:,} edges, {rate:,.0f} a second", flush=True)
    return held


def _upsert(graph: Graph, batch: list[Extraction]) -> UpsertReport:
    return graph.writer(RUN, RELATIONS).upsert(batch)


def _degree(server: Neo4jProcess) -> int:
    entity = f"hub:entity:{HUB}"
    found = server.query(
        "MATCH (e:Entity {id: $id}) RETURN COUNT { (e)-[]-(:Entity) } AS degree", id=entity
    )
    return int(str(found[0]["degree"])) if found else 0
