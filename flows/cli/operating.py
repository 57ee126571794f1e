"""Commands that keep the graph true: replay, backfill, reconcile, forget, people's corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.views.terminal import choose, console, end, errors

SourceName = Annotated[str | None, typer.Option(help="Name of the source, if not the settings'.")]
SourceNames = Annotated[
    list[str] | None,
    typer.Option("--name", help="Tell of this source only; may be given several times."),
]
SourcePath = Annotated[
    Path | None, typer.Option(help="File or folder of the source, if not the settings'.")
]
MaxRetractedShare = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Let this share of the source's documents be retracted."),
]
Head = Annotated[str, typer.Argument(help="Id, name or alias of the head.")]
Relation = Annotated[str, typer.Argument(help="P19, 'place of birth' or PLACE_OF_BIRTH.")]
Tail = Annotated[str, typer.Argument(help="Id, name or alias of the tail.")]
Note = Annotated[str, typer.Option(help="Why.")]
By = Annotated[str, typer.Option(help="Who says so, if not you.")]


def replay(
    documents: Annotated[
        list[str] | None, typer.Argument(help="Document ids; none: all that failed.")
    ] = None,
    path: SourcePath = None,
    name: SourceName = None,
    max_retracted_share: MaxRetractedShare = None,
) -> None:
    """Try documents again now: by id, or all of the source that failed."""
    from flows.cli.local.run import run_replay
    from flows.cli.views.summary import show_report
    from flows.params import ReplayParams

    report = run_replay(
        ReplayParams(
            documents=tuple(documents or ()),
            path=path,
            name=name,
            max_retracted_share=max_retracted_share,
        )
    )
    show_report(console, report, dry_run=False)
    end(report.outcome.state, report.outcome.why)


def failures(name: SourceNames = None) -> None:
    """List the documents of all sources that failed, why, and how often they were tried."""
    from flows.cli.views.summary import rows_table
    from flows.components import components
    from flows.ingest.retries import all_failed

    graph = components().graph
    counts = {source: graph.count_failures(source) for source in name or ()} or {
        each.name: each.failed for each in graph.sources() if each.failed
    }
    rows = [
        {
            "source": source,
            "document": each.id,
            "stage": each.stage,
            "attempts": each.attempts,
            "last tried": each.last_tried,
            "error": each.error,
        }
        for source in counts
        for each in all_failed(graph, source)
    ]
    if rows:
        console.print(rows_table(rows))
    by_source = ", ".join(f"{count} of {source}" for source, count in counts.items())
    errors.print(f"{len(rows)} documents{f': {by_source}' if by_source else ''}", style="dim")


def backfill(
    order: Annotated[
        Literal["newest", "most_edges"],
        typer.Option(help="Documents updated last, or those that support the most edges."),
    ] = "newest",
    first: Annotated[
        Path | None,
        typer.Option(help="File of document ids, one a line, to take before all others."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Extract this many documents at most.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Begin no further batch after so many minutes.")
    ] = None,
    path: SourcePath = None,
    name: SourceName = None,
    max_retracted_share: MaxRetractedShare = None,
) -> None:
    """Extract again what another checkpoint extracted; Ctrl-C stops between two batches."""
    from flows.cli.local.run import run_backfill
    from flows.cli.views.summary import show_backfilled
    from flows.params import BackfillParams

    report = run_backfill(
        BackfillParams(
            order=order,
            first=first,
            limit=limit,
            minutes=minutes,
            path=path,
            name=name,
            max_retracted_share=max_retracted_share,
        )
    )
    show_backfilled(console, report)
    end(report.extracted.outcome.state, report.extracted.outcome.why)


def reconcile(
    path: SourcePath = None, name: SourceName = None, max_retracted_share: MaxRetractedShare = None
) -> None:
    """Retract what the source no longer has, follow merged ids, and report the drift."""
    from flows.cli.local.run import run_reconcile
    from flows.cli.views.summary import show_reconciled
    from flows.params import ReconcileParams

    report = run_reconcile(
        ReconcileParams(path=path, name=name, max_retracted_share=max_retracted_share)
    )
    show_reconciled(console, report)
    end(report.outcome.state, report.outcome.why)


def forget(
    document: Annotated[str, typer.Argument(help="Document id, 'source:its own id'.")],
) -> None:
    """Erase one document with all that only it supports, and prove it."""
    from flows.cli.views.summary import show_erasure
    from flows.forget import erase

    erasure = erase(document)
    show_erasure(console, erasure)
    if not erasure.complete:
        raise typer.Exit(1)


def confirm(head: Head, relation: Relation, tail: Tail, note: Note = "", by: By = "") -> None:
    """Say that an edge is right: it stays, whatever documents say later."""
    _verdict(head, relation, tail, "confirmed", note, by)


def reject(head: Head, relation: Relation, tail: Tail, note: Note = "", by: By = "") -> None:
    """Say that an edge is wrong: its evidence is kept, the edge is hidden."""
    _verdict(head, relation, tail, "rejected", note, by)


def withdraw(head: Head, relation: Relation, tail: Tail) -> None:
    """Take a verdict back: the edge is again what its evidence says."""
    from flows.corrections.flow import withdraw as take_back

    console.print(
        "withdrawn" if take_back(head, relation, tail, choose) else "there was no verdict"
    )


def correct(
    path: Annotated[
        Path, typer.Argument(help="CSV: head, relation, tail, verdict[, by, at, note].")
    ],
    by: By = "",
) -> None:
    """Confirm and reject many edges, from a CSV file; all rows or none."""
    from flows.corrections.flow import correct_file

    console.print(f"{correct_file(path, by=by)} verdicts stored")


def setup() -> None:
    """Create what is missing: constraints and indexes of the graph, our own indices."""
    from flows.cli.setup import setup as create

    for line in create():
        console.print(line)


def secrets(
    folder: Annotated[Path, typer.Argument(help="Where to put them.")] = Path("secrets"),
    host: Annotated[
        list[str] | None,
        typer.Option(help="Another name or address of the servers, for their certificates."),
    ] = None,
) -> None:
    """Make the passwords and certificates of the production stack; overwrite none."""
    from flows.cli.secret_files import container_user, make_secrets

    for path in make_secrets(folder, hosts=tuple(host or ())):
        console.print(f"made {path}")
    console.print(f"All secrets are in {folder}. For Compose, .env needs:")
    console.print(f"CONTAINER_USER={container_user(folder)}")


def _verdict(head: str, relation: str, tail: str, verdict: str, note: str, by: str) -> None:
    from flows.corrections.flow import correct as store

    stored = store(head, relation, tail, verdict, note=note, by=by, choose=choose)
    console.print(str(stored), soft_wrap=True)
