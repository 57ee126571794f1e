"""`factloom models`: the checkpoints that there are, which one serves, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.views.terminal import console, errors

if TYPE_CHECKING:
    from flows.registry import Models

models = typer.Typer(no_args_is_help=True, help="List, show, promote and demote checkpoints.")
Name = Annotated[str, typer.Argument(help="Folder name of a checkpoint, as `list` shows it.")]


@models.command("list")
def list_() -> None:
    """List the checkpoints: which one serves, their F1, and what the gate said of each."""
    from flows.cli.views.summary import rows_table
    from flows.components import components

    known = components().models
    champion = known.champion()
    console.print(rows_table([_row(each, champion) for each in known.checkpoints()]))
    errors.print(f"retrained checkpoints lie in {known.folder}", style="dim")


@models.command()
def show(name: Name) -> None:
    """Show what a checkpoint learnt from, and the report of its challenge."""
    from rich.markdown import Markdown

    from extractor.digests import checkpoint_name
    from extractor.manifest import read_object
    from flows.components import components
    from flows.retrain.challenge import Challenge

    known = components().models
    folder = known.checkpoint(name)
    record = read_object(folder / "training_record.json")
    serves = folder == known.champion()
    console.print(f"{checkpoint_name(folder)}{', which serves' if serves else ''}")
    console.print(f"folder: {folder}", soft_wrap=True)
    for what, titles in (
        ("trained relations", "relation_titles"),
        ("chose thresholds", "dev_titles"),
        ("were labelled by teachers", "unlabelled_titles"),
        ("trained mentions", "mention_titles"),
    ):
        console.print(f"{len(record.get(titles, ())):>7} documents {what}")
    challenge = Challenge.load(folder)
    console.print()
    if challenge is None:
        console.print("It challenged nobody: it was not made by factloom retrain.")
    else:
        console.print(Markdown(challenge.markdown()))


@models.command()
def promote(
    name: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Also where the gate refused it, or saw it never.")
    ] = False,
) -> None:
    """Make a checkpoint the champion; what it says reaches old documents by a backfill."""
    from flows.components import components
    from flows.retrain.challenge import Challenge

    known = components().models
    folder = known.checkpoint(name)
    challenge = Challenge.load(folder)
    if folder != known.default and not (challenge and challenge.passed):
        why = "was refused by the gate" if challenge else "has passed no gate"
        if not force:
            errors.print(
                f"{name} {why}: see factloom models show {name}, or give --force.", style="red"
            )
            raise typer.Exit(1)
        errors.print(f"{name} {why}.", style="yellow")
    _replaced(known, lambda: known.promote(name))


@models.command()
def demote() -> None:
    """Let the champion before this one serve again."""
    from flows.components import components

    known = components().models
    _replaced(known, known.demote)


def _replaced(known: Models, change: Callable[[], object]) -> None:
    before = known.champion().name
    change()
    console.print(f"{known.champion().name} serves, before it was {before}.")


def _row(folder: Path, champion: Path) -> dict[str, object]:
    from flows.retrain.challenge import Challenge

    challenge = Challenge.load(folder)
    written = datetime.fromtimestamp((folder / "config.json").stat().st_mtime, UTC)
    f1 = _f1(folder)
    return {
        "": "champion" if folder == champion else "",
        "checkpoint": folder.name,
        "written": f"{written:%Y-%m-%d %H:%M}",
        "F1": "-" if f1 is None else f"{f1:.4f}",
        "gate": "-" if challenge is None else ("pass" if challenge.passed else "fail"),
        "outcome": "" if challenge is None else challenge.outcome,
    }


def _f1(folder: Path) -> float | None:
    """Return the F1 that was measured when a checkpoint was trained."""
    from extractor.manifest import read_object

    scores = folder / "scores.json"
    kept = read_object(scores) if scores.is_file() else {}
    relations = kept.get("relations")
    return float(relations["f1"]["f1"]) if relations else None
