"""How fast does the graph take documents, beside neo4j-graphrag's writer, and as it grows?

Both sides write the same nodes and relationships, each into a Neo4j of its own with the same
settings; the peer gets as ready objects what our side ends up with. Each round loads ids that are
new to both servers, then the same once more; who goes first alternates. The servers keep what
earlier rounds wrote, as a graph in use does, so that plans stay compiled. Needs a JDK and Maven.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.parts.neo4j_process import DATABASE, HEAP_MB, PAGE_CACHE_MB, Neo4jProcess, neo4j
from benchmarks.parts.report import write
from benchmarks.parts.timing import median_ratio
from benchmarks.speed.parts.upsert_graphs import RELATIONS, extractions
from benchmarks.speed.parts.upsert_growth import RUN, growth
from benchmarks.speed.parts.upsert_peer import PLACE, Peer, peer
from graph.client import Graph, connect

TITLE = "upserts on Neo4j, beside neo4j-graphrag"
WARM_ROUNDS = 4
"""Rounds that are not counted: the servers compile plans and their own code in them. Afterwards the
stores no longer grow by the factor (about 4) at which Neo4j compiles every plan anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One load of one side."""

    added: int
    """Nodes and relationships that the server has more than before."""
    wall: float
    """Seconds, by the writer's clock."""
    cpu: float
    """Seconds of processor time that the server took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A writer with its server."""

    name: str
    server: Neo4jProcess
    write: Callable[[str], float]
    """Loads the documents of a prefix; returns the seconds that it took."""

    def load(self, prefix: str) -> Load:
        """Load the documents of a prefix and measure it."""
        rows, cpu = self.server.rows(), self.server.cpu_seconds()
        wall = self.write(prefix)
        cpu = self.server.cpu_seconds() - cpu
        load = Load(added=self.server.rows() - rows, wall=wall, cpu=cpu)
        print(f"{prefix} {self.name}: +{load.added:,} rows, {wall:.2f} s, {cpu:.2f} s CPU")
        sys.stdout.flush()
        return load


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--documents", type=int, default=800, help="of one load; 75 rows each")
    add("--rounds", type=int, default=5)
    add("--edges", type=int, default=1_000_000, help="to grow to; 0: only the side-by-side part")
    add("--hub", type=int, default=50_000, help="edges of the hub")
    add("--data", help="not read; `make bench` gives it to every benchmark")
    add("--peer-python", default=sys.executable, help="interpreter that has neo4j-graphrag")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, _ours(Path(home)) as (server, graph):
        figures: dict[str, float] = {
            "server_heap_mb": HEAP_MB,
            "server_page_cache_mb": PAGE_CACHE_MB,
            "documents": options.documents,
            "rounds": options.rounds,
        }
        with (
            neo4j(Path(home) / "theirs") as other,
            peer(options.peer_python, other.uri) as writer,
        ):
            ours = Side(name="ours", server=server, write=_our_write(graph, options.documents))
            ours.load(PLACE)
            path = _saved(server, Path(home) / "graph.json")
            theirs = Side(name="graphrag", server=other, write=_their_write(writer, path))
            figures |= side_by_side(ours, theirs, rounds=options.rounds)
        write("upsert", figures, title=TITLE)
        if options.edges:
            server.empty()
            _begin(graph)
            figures |= growth(graph, server, edges=options.edges, hub_edges=options.hub)
            write("upsert", figures, title=TITLE)


def side_by_side(ours: Side, theirs: Side, *, rounds: int) -> dict[str, float]:
    """Load on both sides in turns; the ratios are medians over rounds, above 1 where we win.

    Raises:
        SystemExit: a first load did not add the same number of rows on both sides.
    """
    first: dict[str, list[Load]] = {ours.name: [], theirs.name: []}
    again: dict[str, list[Load]] = {ours.name: [], theirs.name: []}
    for turn in range(-WARM_ROUNDS, rounds):
        sides = (ours, theirs) if turn % 2 else (theirs, ours)
        for loads in (first, again):
            for side in sides:
                load = side.load(f"round{turn}")
                if turn >= 0:
                    loads[side.name].append(load)
    rows = {load.added for loads in first.values() for load in loads}
    if len(rows) != 1:
        raise SystemExit(f"the sides wrote different graphs: {rows} rows")
    figures: dict[str, float] = {"rows": rows.pop()}
    for name, loads in (("first", first), ("again", again)):
        mine, other = loads[ours.name], loads[theirs.name]
        for what in ("wall", "cpu"):
            mine_s, other_s = ([getattr(load, what) for load in each] for each in (mine, other))
            figures[f"ratio_{name}_{what}"] = median_ratio(other_s, mine_s)
            figures[f"rows_per_{what}_s_{name}"] = figures["rows"] / median(mine_s)
            figures[f"rows_per_{what}_s_{name}_graphrag"] = figures["rows"] / median(other_s)
    figures["second_load_added"] = max(load.added for load in again[ours.name])
    figures["second_load_added_graphrag"] = median(load.added for load in again[theirs.name])
    return figures


@contextmanager
def _ours(home: Path) -> Iterator[tuple[Neo4jProcess, Graph]]:
    with (
        neo4j(home / "ours") as server,
        connect(server.uri, username="", password="", database=DATABASE) as graph,
    ):
        _begin(graph)
        yield server, graph


def _begin(graph: Graph) -> None:
    graph.ensure_schema()
    graph.writer(RUN, RELATIONS).start_run()


def _our_write(graph: Graph, documents: int) -> Callable[[str], float]:
    def load(prefix: str) -> float:
        batch = list(islice(extractions(prefix), documents))
        started = time.perf_counter()
        graph.writer(RUN, RELATIONS).upsert(batch)
        return time.perf_counter() - started

    return load


def _their_write(writer: Peer, path: Path) -> Callable[[str], float]:
    return lambda prefix: writer.write(path, prefix)


def _saved(server: Neo4jProcess, path: Path) -> Path:
    """Write what a server holds, as the peer's objects, to a file."""
    nodes = server.query(
        "MATCH (n:Entity|Document|Evidence) RETURN elementId(n) AS id, "
        "[label IN labels(n) WHERE label <> 'Entity'][0] AS label, properties(n) AS properties"
    )
    relationships = server.query(
        "MATCH (a)-[e]->(b) RETURN elementId(a) AS start_node_id, elementId(b) AS end_node_id, "
        "type(e) AS type, properties(e) AS properties"
    )
    graph = {"nodes": nodes, "relationships": relationships}
    path.write_text(json.dumps(graph), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
