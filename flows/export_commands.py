"""The commands that take things out of the graph; `flows.cli` gives them their names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.terminal import console, errors, progress_bar


def export(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    form: Annotated[
        Literal["parquet", "csv"],
        typer.Option("--format", help="csv is what neo4j-admin database import reads."),
    ] = "parquet",
) -> None:
    """Write the whole graph as files; no run may write meanwhile."""
    from flows.components import components
    from flows.exporting import export_graph, import_command
    from flows.progress import Progress, listener

    def show(done: int, total: int) -> None:
        listener.get()(Progress(done=done, total=total, unit="nodes"))

    with progress_bar(f"export {folder}"):
        report = export_graph(components().graph().read, folder, form, show)
    for table, rows in report.rows.items():
        console.print(f"{rows:>10}  {table}")
    for name, count in sorted(report.left_out.items()):
        errors.print(
            f"{count} times {name} was left out: Factloom does not know it", style="yellow"
        )
    if form == "csv":
        console.print(f"\nTo import it: cd {folder} &&\n{import_command()}", soft_wrap=True)
