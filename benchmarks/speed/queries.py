"""Do ordinary questions come back on the embedded server, as fast as people wait, and as on Neo4j?

Every query of docs/how-to/cookbook.md and of benchmarks/speed/analysts.cypher is asked of the same
graph on both servers, as `factloom query` asks it: once to warm, then the median of three. A query
passes when both give the same rows, and the embedded server takes at most five seconds and at most
five times what Neo4j takes; what Neo4j does in less than 50 ms counts as 50 ms. Needs a JDK and
Maven.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.parts.neo4j_process import DATABASE, neo4j
from benchmarks.parts.report import ROOT, write
from benchmarks.speed.parts.queries_graph import fill
from graph.client import Graph, connect
from graph.errors import GraphError
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import free_port

COOKBOOK = ROOT / "docs" / "how-to" / "cookbook.md"
ANALYSTS = Path(__file__).with_name("analysts.cypher")
ANALYSTS_AT_LEAST = 25
LIMIT_S, RATIO, FLOOR_S = 5.0, 5.0, 0.05
ROUNDS, SHOWN = 3, 5
DIGITS = 9
"""Of a number: servers add up in different orders."""
WHEN_WRITTEN = "extracted_at"
"""A column that is not compared: the two graphs are filled one after the other."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server made of a query."""

    seconds: float
    rows: str
    """As JSON; of a query that failed, why."""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with the answers of both servers."""

    title: str
    embedded: Answer
    neo4j: Answer

    @property
    def equal(self) -> bool:
        """Whether both servers gave the same rows."""
        failed = self.embedded.failed or self.neo4j.failed
        return not failed and self.embedded.rows == self.neo4j.rows

    @property
    def passes(self) -> bool:
        """Whether the query keeps what the module promises."""
        bound = min(LIMIT_S, RATIO * max(FLOOR_S, self.neo4j.seconds))
        return self.equal and self.embedded.seconds <= bound

    def __str__(self) -> str:
        """Return a line of a log."""
        verdict = "" if self.passes else " FAILS" if self.equal else " DIFFERS"
        seconds = f"{self.embedded.seconds:.3f} s, Neo4j {self.neo4j.seconds:.3f} s"
        why = f": {self.embedded.rows}" if self.embedded.failed else ""
        return f"{seconds}{verdict}  {self.title}{why}"


def queries() -> dict[str, str]:
    """Return every query by its title."""
    return {**_of_cookbook(COOKBOOK.read_text()), **_of_analysts(ANALYSTS.read_text())}


def _of_cookbook(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in text.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        for number, cypher in enumerate(re.findall(r"```cypher\n(.*?)```", section, re.DOTALL), 1):
            found[f"cookbook, {title}, {number}"] = cypher
    return found


def _of_analysts(text: str) -> dict[str, str]:
    blocks = [block.strip() for block in text.split("\n\n")[1:]]
    parts = (block.partition("\n") for block in blocks)
    return {title.removeprefix("// "): cypher.rstrip(";") for title, _, cypher in parts}


def ask(graph: Graph, cypher: str) -> Answer:
    """Ask a query once, then some times more; return the median time and the rows."""
    try:
        rows = graph.query(cypher)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            graph.query(cypher)
            times.append(time.perf_counter() - started)
    except GraphError as error:
        return Answer(LIMIT_S, str(error), failed=True)
    return Answer(median(times), json.dumps(_rounded(rows)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in sorted(value.items()) if key != WHEN_WRITTEN}
    return value


@contextmanager
def both(home: Path) -> Iterator[tuple[Graph, Graph]]:
    """Start both servers on empty folders; the graph of the embedded one comes first."""
    embedded = EmbeddedServer(home / "embedded", free_port())
    with ExitStack() as stack:
        embedded.start()
        stack.callback(embedded.stop)
        server = stack.enter_context(neo4j(home / "neo4j"))
        ours = connect(
            embedded.uri,
            username=embedded.username,
            password=embedded.password,
            database=embedded.database,
        )
        theirs = connect(server.uri, username="", password="", database=DATABASE)
        yield stack.enter_context(ours), stack.enter_context(theirs)


def figures(documents: int) -> dict[str, float]:
    """Fill both servers, ask everything, and return what came out."""
    with tempfile.TemporaryDirectory() as home, both(Path(home)) as (embedded, server):
        for graph in (embedded, server):
            fill(graph, documents)
        asked = []
        for title, cypher in queries().items():
            asked.append(Asked(title, ask(embedded, cypher), ask(server, cypher)))
            print(asked[-1], flush=True)
    by_embedded = sorted(asked, key=lambda each: each.embedded.seconds, reverse=True)
    by_neo4j = sorted(asked, key=lambda each: each.neo4j.seconds, reverse=True)
    return {
        "documents": documents,
        "queries": len(asked),
        "queries_of_analysts": len(_of_analysts(ANALYSTS.read_text())),
        "failed": sum(not each.passes for each in asked),
        "differing": sum(not each.equal for each in asked),
        "slowest_s": by_embedded[0].embedded.seconds,
        "slowest_neo4j_s": by_neo4j[0].neo4j.seconds,
        **{f"embedded_s: {each.title}": each.embedded.seconds for each in by_embedded[:SHOWN]},
        **{f"neo4j_s: {each.title}": each.neo4j.seconds for each in by_neo4j[:SHOWN]},
    }


def promise_kept(found: Mapping[str, float]) -> bool:
    """Tell whether every query passes, and enough were asked."""
    return not found["failed"] and found["queries_of_analysts"] >= ANALYSTS_AT_LEAST


def main() -> None:
    """Measure, and write the figures down.

    Raises:
        SystemExit: the promise is broken.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--data", help="not read; `make bench` gives it to every benchmark")
    found = figures(parser.parse_args().documents)
    write("queries", found, title="questions to the graph, on both servers")
    if not promise_kept(found):
        raise SystemExit("a query is slower than promised, or its rows differ")


if __name__ == "__main__":
    main()
