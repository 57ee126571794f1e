"""The one screen of `factloom status`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.views.summary import grid, heading
from flows.operations.status import DeploymentLine, GraphStatus, RunLine, ServerStatus
from graph.model.records import SourceState

COLOURS = {
    "Completed": "green",
    "Running": "cyan",
    "Failed": "red",
    "Crashed": "red",
    "TimedOut": "red",
    "Late": "yellow",
}
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def show_server(console: Console, address: str, status: ServerStatus, now: datetime) -> None:
    """Print what the Prefect server says."""
    heading(console, "Prefect")
    rows = [("server", f"{address}, version {status.version}")]
    if status.deployments:
        rows.append(("workers", _counted(status.workers.items())))
        slots = ((name, f"{used} of {limit}") for name, (used, limit) in status.limits.items())
        rows.append(("slots in use", _counted(slots)))
    console.print(grid(rows))
    if not status.deployments:
        console.print("  Nothing is deployed here: factloom deploy.", style="yellow")
        return
    heading(console, "Deployments")
    console.print(_deployments(status.deployments, now))
    for title, lines in (("Waiting", status.waiting), ("Failed last", status.failed)):
        if lines:
            heading(console, title)
            console.print(_runs(lines, now))


def show_graph(console: Console, status: GraphStatus, champion: str, now: datetime) -> None:
    """Print what the graph says, and what serves."""
    heading(console, "Graph")
    total = sum(status.documents.values())
    edges = f"{status.edges} edges, {status.possible} of them only possible"
    rows = [("holds", f"{total} documents, {edges}"), ("champion", champion)]
    rows += [
        ("" if name == champion else "other", f"{count} documents by {name}")
        for name, count in sorted(status.documents.items(), key=lambda each: each[0] != champion)
    ]
    console.print(grid(rows))
    heading(console, "Sources")
    if not status.sources:
        console.print("  None was read yet: factloom ingest.")
    console.print(grid((each.name, _source(each, now)) for each in status.sources))
    if any(each.failed for each in status.sources):
        console.print(
            "  factloom failures lists what failed, factloom replay --name tries it again."
        )


def _source(source: SourceState, now: datetime) -> str:
    parts = [f"{source.documents} documents, {source.failed} failed", "no ingest has completed"]
    if source.ingested_at:
        at = datetime.fromisoformat(source.ingested_at)
        parts[-1] = f"last ingest completed {duration((now - at).total_seconds())} ago"
    if source.position:
        parts.append("the next one reads what changed since")
    return "; ".join(parts)


def duration(seconds: float) -> str:
    """Return a time span in its largest unit: '3 h'."""
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _deployments(lines: Iterable[DeploymentLine], now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    for each in lines:
        next_at = "on demand"
        if each.next_at is not None:
            next_at = f"next in {duration((each.next_at - now).total_seconds())}"
        last = Text("never ran", "dim") if each.last is None else _ran(each.last, now)
        table.add_row(f"  {each.name}", last, Text(next_at, "dim"))
    return table


def _runs(lines: Iterable[RunLine], now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in lines:
        line = Text.assemble(f"{each.name} ", _ran(each, now))
        if each.message:
            line.append(f": {' '.join(each.message.split())[:200]}")
        table.add_row(f"  {each.deployment}", line)
    return table


def _ran(run: RunLine, now: datetime) -> Text:
    state = Text(run.state, COLOURS.get(run.state, ""))
    since = duration((now - run.since).total_seconds())
    if run.state in COLOURS and run.state not in ("Running", "Late"):
        return state.append(f" {since} ago, took {duration(run.seconds)}", "default")
    return state.append(f" for {since}", "default")


def _counted(pairs: Iterable[tuple[str, object]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in pairs)
