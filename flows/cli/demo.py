"""`factloom demo`: ingest the samples for real, and show what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shlex import quote
from shutil import which

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax

from flows.cli.local.run import run_ingest
from flows.cli.views.summary import grid, heading, rows_table, show_edges, show_report
from flows.cli.views.terminal import end
from flows.components import components
from flows.errors import NotLocal
from flows.params import IngestParams
from graph.client import Graph
from graph.model.records import FoundEdge

SAMPLES = Path("samples/documents.jsonl")
EDGES = 8
ANYTHING = (
    'MATCH (p:Person)-[r]->(o:Entity) WHERE r.status IN ["asserted", "confirmed"] '
    "RETURN p.name, type(r), o.name LIMIT 9"
)
STRONGEST = """
MATCH (h:Entity)-[r]->(t:Entity)
WHERE r.status IN ['asserted', 'confirmed']
RETURN h.id AS head, r.id AS relation, t.id AS tail
ORDER BY r.probability DESC, r.margin DESC, head, relation, tail LIMIT $limit
"""
QUESTIONS = {
    "What do several documents agree on?": """\
MATCH (h:Entity)-[r]->(t:Entity)
WHERE r.documents > 1 AND r.status IN ['asserted', 'confirmed']
RETURN h.name AS head, type(r) AS relation, t.name AS tail, r.documents AS documents
ORDER BY documents DESC, r.probability DESC, head, tail LIMIT 5""",
    "In which countries were people born? (No document needs to say it: two edges do.)": """\
MATCH (p:Person)-[b:PLACE_OF_BIRTH]->(place:Entity)-[c:COUNTRY]->(country:Entity)
WHERE b.status IN ['asserted', 'confirmed'] AND c.status IN ['asserted', 'confirmed']
RETURN p.name AS person, place.name AS place, country.name AS country
ORDER BY b.probability * c.probability DESC, person, place, country LIMIT 5""",
    "Who has the most edges, and what do they say?": """\
MATCH (p:Person)-[r]->(:Entity)
WHERE r.status IN ['asserted', 'confirmed']
WITH p, count(r) AS edges ORDER BY edges DESC, p.id LIMIT 1
MATCH (p)-[r]->(t:Entity)
WHERE r.status IN ['asserted', 'confirmed']
RETURN p.name AS head, type(r) AS relation, t.name AS tail, r.probability AS probability
ORDER BY r.probability DESC, tail LIMIT 6""",
}


def demo(console: Console) -> None:
    """Ingest the samples and print the summary; exit with 1 where the run did not complete.

    Raises:
        NotLocal: the settings are not those of one machine.
    """
    settings = components().settings
    if settings.profile != "local" or settings.graph.kind != "embedded":
        raise NotLocal("the demo writes to the graph of this machine only: unset FACTLOOM_PROFILE")
    report = run_ingest(IngestParams(path=SAMPLES, name="samples"))
    graph = components().graph
    heading(console, "Factloom: documents in, a knowledge graph that can be trusted out")
    show_report(console, report, dry_run=False)
    _counts(console, graph)
    edges = report.strongest[:EDGES] or strongest(graph)
    new = "new " if report.strongest else ""
    show_edges(console, f"The strongest {new}edges, and the sentence that says so", edges)
    _questions(console, graph)
    _where_next(console, edges[0] if edges else None)
    end(report.outcome.state, report.outcome.why)


def strongest(graph: Graph, *, limit: int = EDGES) -> list[FoundEdge]:
    """Return the most probable edges of the whole graph."""
    keys = graph.query(STRONGEST, limit=limit)
    return [
        edge
        for key in keys
        for edge in graph.edges_between(key["head"], key["tail"])
        if (edge.head, edge.relation, edge.tail) == (key["head"], key["relation"], key["tail"])
    ]


def _counts(console: Console, graph: Graph) -> None:
    counts = graph.counts()
    console.print(
        f"The graph now holds {counts['documents']} documents, {counts['entities']} entities "
        f"({counts['nil']} not linked) and {counts['edges']} edges, "
        f"{counts['possible']} of them only possible, from {counts['evidence']} statements."
    )


def _questions(console: Console, graph: Graph) -> None:
    heading(console, "Three questions, in Cypher")
    for question, cypher in QUESTIONS.items():
        console.print(f"\n{question}")
        coloured = Syntax(cypher, "cypher", background_color="default").highlight(cypher)
        console.print(coloured, soft_wrap=True, end="")  # whole lines, that they can be copied
        console.print(Padding(rows_table(graph.query(cypher)), (0, 0, 0, 2)))


def _where_next(console: Console, edge: FoundEdge | None) -> None:
    server = components().server()
    password = os.path.relpath(server.files.password)
    command = "factloom" if which("factloom") else sys.argv[0]
    rows = [
        ("any Bolt client", f"{server.uri}, user {server.username}, password in {password}"),
        ("your own texts", f"{command} ingest PATH --name mine --dry-run"),
        ("stop the graph", f"{command} down"),
        ("read on", "README.md, docs/architecture.md"),
    ]
    if edge:
        ends = f"{quote(edge.head_name)} {quote(edge.tail_name)}"
        rows.insert(0, ("why an edge", f"{command} explain {ends}"))
    heading(console, "Where to look next")
    console.print(grid(rows))
    console.print("  ask anything, for example", style="dim")
    # Free of markup on any console: it is copied, and `[r]` would be taken for a style.
    console.print(f"{command} query '{ANYTHING}'", soft_wrap=True, markup=False)
