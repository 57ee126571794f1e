"""Does the demo keep its promises: quick, repeatable, and right where it is most sure?"""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from benchmarks.parts.processes import factloom, local_environment
from benchmarks.parts.report import ROOT, write
from extractor.names import fold_name
from graph.model.records import FoundEdge
from graph.reading.snapshot import snapshot

FACTS = ROOT / "samples" / "facts.jsonl"
STRONG = 50
Facts = dict[tuple[str, str], list[tuple[frozenset[str], frozenset[str]]]]
"""(document, relation) -> the folded names of head and tail, for each stated fact."""


def figures() -> dict[str, float]:
    """Run the demo twice in a fresh home and judge its strongest edges."""
    with tempfile.TemporaryDirectory() as home:
        environment = local_environment(Path(home))
        first = factloom("demo", environment=environment)
        os.environ.update(environment)
        from flows.cli.demo import strongest
        from flows.components import close_components, components

        graph = components().graph
        before = snapshot(graph)
        counts = graph.counts()
        edges = strongest(graph, limit=STRONG)
        close_components()
        again = factloom("demo", environment=environment)
        unchanged = snapshot(components().graph) == before
        close_components()
        factloom("down", environment=environment)
    if not unchanged:
        raise SystemExit("the second demo changed the graph")
    right = [edge for edge in edges if stated(edge, read_facts(FACTS))]
    for edge in edges:
        if edge not in right:
            print(f"not stated: {edge.head_name} {edge.type} {edge.tail_name} {edge.margin:.2f}")
    return {
        "first_seconds": first.seconds,
        "again_seconds": again.seconds,
        "nodes": sum(counts[kind] for kind in ("entities", "documents", "evidence")),
        "edges": counts["edges"],
        "strong_edge_precision": len(right) / len(edges),
        "strong_edges": len(edges),
    }


def read_facts(path: Path) -> Facts:
    """Read what the sample documents state."""
    facts: Facts = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        facts[fact["document"], fact["relation"]].append(
            (
                _folded([fact["head"], *fact["head_names"]]),
                _folded([fact["tail"], *fact["tail_names"]]),
            )
        )
    return facts


def stated(edge: FoundEdge, facts: Facts) -> bool:
    """Tell whether every document that the edge rests on states it."""
    return all(
        any(
            heads & _folded(evidence.head_names) and tails & _folded(evidence.tail_names)
            for heads, tails in facts.get((evidence.document.partition(":")[2], edge.relation), ())
        )
        for evidence in edge.evidence
    )


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold_name, names))


if __name__ == "__main__":
    write("demo", figures(), title="the demo")
