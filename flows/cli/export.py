"""The commands that take things out of the graph; `flows.cli.app` gives them their names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.views.terminal import console, errors, progress_bar


def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    form: Annotated[
        Literal["parquet", "csv"],
        typer.Option("--format", help="csv is what neo4j-admin database import reads."),
    ] = "parquet",
    possible: Annotated[
        bool, typer.Option("--possible", help="Write edges too that are only possible.")
    ] = False,
) -> None:
    """Write the whole graph as files; no run may write meanwhile."""
    from flows.cli.exporting import export_graph, import_steps
    from flows.components import components
    from flows.run.progress import Progress, listener

    def show(done: int, total: int) -> None:
        listener.get()(Progress(done=done, total=total, unit="nodes"))

    with progress_bar(f"export {folder}"):
        report = export_graph(components().graph.read, folder, form, show, possible=possible)
    for table, rows in report.rows.items():
        console.print(f"{rows:>10}  {table}")
    for name, count in sorted(report.left_out.items()):
        errors.print(
            f"{count} times {name} was left out: Factloom does not know it", style="yellow"
        )
    if report.possible:
        errors.print(f"{report.possible} edges were left out: they are only possible (--possible)")
    if form == "csv":
        typer.echo(f"\n{import_steps()}")


def export_corrections(
    file: Annotated[Path, typer.Argument(help="CSV for --data of factloom train.")],
    documents: Annotated[
        Path | None,
        typer.Option(help="JSONL for its --documents: the source's texts, the graph's mentions."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Only documents of this source; else there must be one.")
    ] = None,
    path: Annotated[
        Path | None,
        typer.Option(help="Files of the source, for --documents, if not the settings'."),
    ] = None,
) -> None:
    """Write what people confirmed and rejected as training labels."""
    from flows.cli.labels import write_labels, write_labels_and_documents
    from flows.components import components

    parts = components()
    graph = parts.graph
    if documents is None:
        files = write_labels(graph.read, graph.corrections(), file, source=source)
    else:
        opened = parts.source(path=path, name=source)
        try:
            files = write_labels_and_documents(
                graph.read, graph.corrections(), file, documents, opened
            )
        finally:
            opened.close()
    for verdict, rows in sorted(files.rows.items()):
        console.print(f"{rows:>10}  {verdict}")
    console.print(f"{files.documents:>10}  documents")
    for count, why in (
        (files.left_out.without_document, "corrections of edges that no such document states"),
        (files.left_out.unclear, "statements whose entities have no name of their own"),
        (len(files.changed), "documents that the source has no more, or in another version"),
    ):
        if count:
            errors.print(f"{count:>10}  left out: {why}", style="yellow")
