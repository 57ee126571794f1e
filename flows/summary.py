"""What a run came to, and what the graph holds, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.records import Skipped
from flows.explain import certainty, edge_line, sentence
from flows.report import IngestReport
from graph.records import FoundEdge

MAX_LINES = 20


def show_report(console: Console, report: IngestReport, *, dry_run: bool) -> None:
    """Print the counts of a run, its rates, and by name what went wrong."""
    if not (report.processed or report.failures or report.skipped):
        console.print("Nothing changed: the graph has every document as it is.", style="bold green")
    done = "would be written" if dry_run else "written"
    console.print(
        f"{report.read} documents read from {report.source}: {report.unchanged} unchanged, "
        f"{report.processed} {done}, {len(report.failures)} failed, "
        f"{len(report.skipped)} records skipped."
    )
    if report.gone:
        console.print(f"{report.gone} documents were gone when their turn came; run it again.")
    if report.processed:
        console.print(f"{report.statements} statements by {report.checkpoint}.")
    if report.processed and not dry_run:
        written = report.written
        console.print(
            f"Edges: {written.edges_new} new, {written.edges_changed} changed, "
            f"{written.edges_removed} removed. Entities: {written.entities_new} new "
            f"({written.nil_new} of them not linked), {written.entities_removed} removed."
        )
    if rates := report.rates():
        shown = "  ".join(f"{stage} {rate:.1f}" for stage, rate in rates.items())
        console.print(f"Documents per second: {shown}")
    _problems(console, report)


def show_edges(console: Console, title: str, edges: Sequence[FoundEdge]) -> None:
    """Print edges, each with the sentence that says so best."""
    if not edges:
        return
    heading(console, title)
    for edge in edges:
        console.print(edge_line(edge))
        for evidence in edge.evidence[:1]:
            console.print(Padding(sentence(evidence), (0, 0, 0, 4)))
        console.print(f"    {certainty(edge)}", style="dim")


def heading(console: Console, title: str) -> None:
    """Print a heading with a blank line before it."""
    console.print()
    console.print(title, style="bold")


def grid(rows: Iterable[tuple[str, str]]) -> Table:
    """Return pairs of words and what they stand for, aligned."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(f"  {name}", Text(value))
    return table


def rows_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return the records of a query as a table."""
    rows = list(rows)
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row.values()))
    return table


def cell(value: Any) -> str:
    """Return a value of a query's answer in a form that people read."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.3f}"
        case str():
            return value
        case list() | tuple():
            return ", ".join(cell(each) for each in value)
        case dict():
            return ", ".join(f"{name}: {cell(each)}" for name, each in value.items())
        case _:
            return str(value)


def _problems(console: Console, report: IngestReport) -> None:
    if report.skipped or report.failures:
        heading(console, "Not in the graph")
        show_skipped(console, report.skipped)
        _show_lines(
            console,
            [f"{each.document}: {each.error} (while: {each.stage})" for each in report.failures],
        )


def show_skipped(console: Console, skipped: Sequence[Skipped]) -> None:
    """Print the records that are none, by name."""
    _show_lines(
        console,
        [
            f"{each.source}, {each.place}: {each.document or 'no id'}: {each.reason}"
            for each in skipped
        ],
    )


def _show_lines(console: Console, lines: Sequence[str]) -> None:
    for line in lines[:MAX_LINES]:
        console.print(f"  {line}", style="yellow", markup=False)
    if len(lines) > MAX_LINES:
        console.print(f"  ... and {len(lines) - MAX_LINES} more")
