"""What a run came to, and what the graph holds, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.source import Skipped
from flows.pages.edge_text import certainty, edge_line, sentence
from flows.reports.ingest_report import IngestReport
from graph.model.records import FoundEdge

if TYPE_CHECKING:  # these bring Prefect with them
    from flows.backfill.flow import BackfillReport
    from flows.forget import Erasure
    from flows.reconcile import ReconcileReport

MAX_LINES = 20
REKEYED = "Ids that entities had before still find them."
HINTS = {
    "foreign": "FACTLOOM_EXTRACTOR__LANGUAGES says which languages are extracted.",
    "garbled": "Garbled is what was read in a wrong encoding (CafÃ© for Café): export it as UTF-8.",
    "waiting": "factloom failures lists the documents that wait, factloom replay tries them now.",
    "gone": "Gone are documents that the source no longer has or selects, and those without a text "
    "or in another language.",
    "rejected": "Rejected are statements between types of entities that never have their relation.",
    "contradicted": "Contradicted are statements that facts of the entity index or a more probable "
    "value speak against; they are kept, less probable.",
    "entities_rekeyed": REKEYED,
}
"""Count of a run -> what people may want to know or do about it."""


def show_report(console: Console, report: IngestReport, *, dry_run: bool) -> None:
    """Print the counts of a run, its rates, and by name what went wrong."""
    counts = report.counts
    changed = counts.processed or counts.gone or counts.held or counts.entities_rekeyed
    if not (changed or counts.failed or report.skipped_records):
        console.print("Nothing changed: the graph has every document as it is.", style="bold green")
    done = "a dry run, nothing is written" if dry_run else report.checkpoint
    console.print(f"{report.flow.capitalize()} of {report.source}: {done}")
    console.print(grid((label, f"{count:,}") for label, count in counts.labelled().items()))
    for count, hint in HINTS.items():
        if getattr(counts, count):
            console.print(hint)
    if rates := report.rates():
        shown = "  ".join(f"{stage} {rate:.1f}" for stage, rate in rates.items())
        console.print(f"Documents per second: {shown}")
    for each in report.drift.alarms if report.drift else ():
        console.print(f"Far off the runs before it: {each.describe()}.", style="bold yellow")
    if report.unread:
        console.print(f"Left out by the source: {report.unread}.", markup=False)
    _problems(console, report)


def show_backfilled(console: Console, report: BackfillReport) -> None:
    """Print what a backfill came to, and which checkpoints the graph is of now."""
    extracted = report.extracted
    if not report.stale:
        console.print(
            f"Nothing is stale: {extracted.checkpoint} extracted every document of "
            f"{extracted.source}.",
            style="bold green",
        )
    else:
        if extracted.counts.read or extracted.counts.skipped:
            show_report(console, extracted, dry_run=False)
        console.print(f"{report.left:,} of {report.stale:,} stale documents are left.")
    if report.gone:
        console.print(
            f"{report.gone:,} are not in the source any more: factloom reconcile retracts them."
        )
    console.print("Documents by checkpoint:")
    console.print(grid((name, f"{count:,}") for name, count in report.checkpoints.items()))


def show_reconciled(console: Console, report: ReconcileReport) -> None:
    """Print what reconciling found and did."""
    console.print(f"Reconcile of {report.source}")
    counts = {name.replace("_", " "): count for name, count in report.stored().items()}
    console.print(grid((name, f"{count:,}") for name, count in counts.items() if count))
    for count, hint in (
        (report.moved, "Another index holds some: the next ingest reads all from the beginning."),
        (report.unread, "Some documents of the source are not in the graph yet (unread)."),
        (report.absent, "The entity index lacks some of the linked ids; their entities stay."),
        (report.written.entities_rekeyed, REKEYED),
    ):
        if count:
            console.print(hint)


def show_erasure(console: Console, erasure: Erasure) -> None:
    """Print what erasing a document did, and what is left of it."""
    written = erasure.written
    if written.documents_removed:
        console.print(
            f"{erasure.document} is erased: {written.edges_removed} edges and "
            f"{written.entities_removed} entities went with it, {written.edges_changed} edges "
            "stay on other evidence."
        )
    else:
        console.print(f"The graph has no document {erasure.document}.")
    left = ", ".join(f"{count} {where}" for where, count in erasure.traces.items())
    console.print(f"Still naming it: {left}.")
    for place in erasure.removed:
        console.print(f"{place}: removed, a dead run had left texts there.")
    for place in erasure.kept:
        console.print(
            f"{place} may hold its text: a living run works there, or it cannot be read or "
            "removed. Forget the document again when that run has ended, as a user who may.",
            style="yellow",
        )
    if erasure.learnt_by:
        console.print(
            f"Trained on a document of its title: {', '.join(erasure.learnt_by)}. Weights cannot "
            "be taken back: train again without it.",
            style="yellow",
        )
    if erasure.in_source:
        console.print(
            "Its source still has it, so a later ingest may bring it back: delete it there too.",
            style="yellow",
        )


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
    counts = report.counts
    if counts.skipped or counts.foreign or counts.empty or report.failures:
        heading(console, "Not in the graph")
        show_skipped(console, report.skipped_records)
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
        console.print(f"  {line}", style="yellow")
    if len(lines) > MAX_LINES:
        console.print(f"  ... and {len(lines) - MAX_LINES} more")
