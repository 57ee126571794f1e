"""The peer's side: neo4j-graphrag's `Neo4jWriter`, in a process with an interpreter of its own.

Each line of standard input names a file with a graph and a prefix of its ids; the answer is how
many seconds the writer took. The peer's objects are made before its clock starts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

ROOT = Path(__file__).parents[3]
PLACE = "PREFIX"
"""Stands in the file wherever the ids of a load begin."""


class Peer:
    """The other process, seen from the benchmark."""

    def __init__(self, process: Popen[str]) -> None:
        self._process = process

    def write(self, graph: Path, prefix: str) -> float:
        """Let the peer write a graph; returns the seconds that it took.

        Raises:
            SystemExit: it failed; what it said is on standard error.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"graph": str(graph), "prefix": prefix}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("neo4j-graphrag failed, or is not installed for --peer-python")
        return float(answer)


@contextmanager
def peer(python: str, uri: str) -> Iterator[Peer]:
    """Start the peer beside a server, and stop it at the end."""
    command = [
        python,
        "-c",
        f"from benchmarks.speed.parts.upsert_peer import answer; answer({uri!r})",
    ]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        try:
            yield Peer(process)
        finally:
            assert process.stdin
            process.stdin.close()


def answer(uri: str) -> None:
    """Be the other process: write the graphs that standard input names into a server.

    Raises:
        SystemExit: the writer reports a failure.
    """
    from neo4j import GraphDatabase
    from neo4j_graphrag.components.kg_writer import Neo4jWriter

    with GraphDatabase.driver(uri, notifications_min_severity="OFF") as driver:
        writer = Neo4jWriter(driver)
        for line in sys.stdin:
            order = json.loads(line)
            text = Path(order["graph"]).read_text(encoding="utf-8")
            graph = _graph(json.loads(text.replace(PLACE, order["prefix"])))
            started = time.perf_counter()
            result = asyncio.run(writer.run(graph))
            seconds = time.perf_counter() - started
            if result.status != "SUCCESS":
                raise SystemExit(f"Neo4jWriter: {result.metadata}")
            print(seconds, flush=True)


def _graph(read: Mapping[str, Any]) -> Any:
    from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship

    return Neo4jGraph(
        nodes=[Neo4jNode(**node) for node in read["nodes"]],
        relationships=[Neo4jRelationship(**each) for each in read["relationships"]],
    )
