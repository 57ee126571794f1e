"""Commands that read the graph: query, find, explain, view."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.views.terminal import choose, console, errors
from graph import QUERY_SECONDS

TABLE_ROWS = 1_000
"""Records that a table shows: it needs all of them at once, unlike lines of JSON."""
Possible = Annotated[
    bool, typer.Option("--possible", help="Show edges too that are only possible.")
]
ALIKE = 8
"""Names offered where the one asked for is unknown."""


def query(
    cypher: Annotated[str, typer.Argument(help="A query that only reads.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one record a line.")] = False,
    timeout: Annotated[
        float, typer.Option(min=1, help="Seconds after which the server ends the query.")
    ] = QUERY_SECONDS,
) -> None:
    """Ask the graph in Cypher; docs/how-to/cookbook.md has queries to begin with."""
    from flows.cli.views.summary import rows_table
    from flows.components import components

    rows = components().reader(timeout).rows(cypher)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    shown = list(islice(rows, TABLE_ROWS))
    console.print(rows_table(shown))
    if next(rows, None) is None:
        errors.print(f"{len(shown)} records", style="dim")
    else:
        errors.print(f"the first {TABLE_ROWS} records; --json prints all", style="yellow")


def find(name: Annotated[str, typer.Argument(help="Id, former id, name or alias.")]) -> None:
    """Find entities by id, name or alias, the most mentioned first."""
    from flows.cli.views.find import entities_table
    from flows.components import components
    from graph.reading.queries import alike, written

    graph = components().reader()
    if found := graph.find(name):
        console.print(entities_table(found, written(graph.read, found)))
        return
    errors.print(f"The graph has no entity {name!r}.", style="red")
    if near := alike(graph.read, name, ALIKE):
        errors.print("Names that begin like it:")
        errors.print(entities_table(near, written(graph.read, near)))
    raise typer.Exit(1)


def link(
    text: Annotated[str, typer.Argument(help="A text; '-' reads it from standard input.")],
    title: Annotated[str, typer.Option(help="The document's title: its words are context.")] = "",
) -> None:
    """Show which entries of the entity index a text's entities may be, and why; writes nothing."""
    from extractor.linking import shipped_weights
    from extractor.schema import Document
    from flows.cli.views.link import show_choices
    from flows.components import components

    content = sys.stdin.read() if text == "-" else text
    document = Document(id="text:1", source="text", title=title, text=content, updated_at="")
    show_choices(console, components().extractor.choices(document), shipped_weights())


def relations() -> None:
    """List the relations of the checkpoint that serves: id, name, and type in the graph."""
    from flows.cli.views.summary import rows_table
    from flows.components import components

    vocabulary = components().vocabulary()
    rows = [
        {"id": relation, "name": name, "in the graph": vocabulary.types[relation]}
        for relation, name in vocabulary.names.items()
    ]
    console.print(rows_table(rows))


def explain(
    head: Annotated[str, typer.Argument(help="Id, name or alias of an entity.")],
    tail: Annotated[str, typer.Argument(help="Id, name or alias of another.")],
    possible: Possible = False,
) -> None:
    """Show every edge between two entities, with the sentences that say so."""
    from flows.cli.views.explain import show_between
    from flows.components import components
    from flows.corrections.lookup import find_entity

    graph = components().reader()
    one, other = find_entity(graph, head, choose), find_entity(graph, tail, choose)
    edges = graph.edges_between(one.id, other.id)
    show_between(console, one, other, edges, possible=possible)


def view(
    name: Annotated[str, typer.Argument(help="Id, name or alias of an entity.")],
    output: Annotated[
        Path | None, typer.Option(help="The page; by default it gets the entity's name.")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, max=4, help="Edges away from the entity.")] = 1,
    limit: Annotated[int, typer.Option(min=1, help="Show this many edges at most.")] = 200,
    possible: Possible = False,
) -> None:
    """Write an entity's neighbourhood as one HTML page; a click on an edge shows its sentences."""
    from flows.components import components
    from flows.pages.view import write_view

    graph = components().reader()
    path, found = write_view(
        graph, name, output, depth=depth, limit=limit, possible=possible, choose=choose
    )
    more = "; there are more: --limit" if found.more else ""
    console.print(
        f"{path} (entities: {len(found.entities)}, edges: {len(found.edges)}){more}", soft_wrap=True
    )
