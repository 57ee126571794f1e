"""The terminal: one console, errors as one clear line, a bar while a run goes on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unicodedata import category

import typer
from pydantic import ValidationError
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.prompt import IntPrompt
from rich.segment import Segment
from rich.table import Table
from typer.core import TyperGroup

if TYPE_CHECKING:
    from graph.model.records import FoundEntity


class Terminal(Console):
    """A console to which a text cannot send commands of the terminal's own (ESC and the like)."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments; a control character that stands in a text shows as U+FFFD."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown(segment.text))


def shown(text: str) -> str:
    """Return a text as a terminal may be given it."""
    return "".join(
        "\ufffd" if category(each) == "Cc" and each not in "\n\t" else each for each in text
    )


console = Terminal(highlight=False, markup=False)
errors = Terminal(stderr=True, highlight=False, markup=False)


class Commands(TyperGroup):
    """Commands whose errors are told in a line, with the remedy; `--debug` shows the traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit with 1 where it fails."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if ctx.params.get("debug") or _is_the_command_lines_own(error):
                raise
            errors.print(_line(error), style="red", soft_wrap=True)
            raise typer.Exit(1) from error


def _is_the_command_lines_own(error: Exception) -> bool:
    return isinstance(error, typer.Exit | typer.Abort | typer.BadParameter) or (
        "click" in type(error).__module__
    )


def _line(error: Exception) -> str:
    """Return what went wrong; the messages of our own errors already name the remedy."""
    if _is_ours(type(error)):
        return str(error)
    if isinstance(error, ValidationError):  # of a command's own parameters
        reasons = (problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        return "; ".join(reasons)
    return f"{type(error).__name__}: {error} (run factloom --debug ... to see where)"


def _is_ours(kind: type) -> bool:
    return kind.__module__.split(".")[0] in {"config", "corpus", "extractor", "flows", "graph"}


def heed_ctrl_c() -> None:
    """Let SIGINT end this process, and those that it starts, also where it was started ignoring it.

    A script's `&` starts commands like that. A Prefect worker then never stops when it is asked to.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end(state: str, why: str) -> None:
    """Say why a run is not Completed, and exit with 1; do nothing where it is."""
    if state != "Completed":
        message = f"The run is {state.lower()}: {why}."
        errors.print(message, style="bold red", soft_wrap=True)
        raise typer.Exit(1)


@contextmanager
def progress_bar(what: str) -> Iterator[None]:
    """Show a bar for the run that goes on in the context."""
    from flows.run.progress import Progress, listener

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}  {task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        row = bar.add_task(what, total=None, unit="", note="")

        def show(progress: Progress) -> None:
            bar.update(
                row,
                completed=progress.done,
                total=progress.total,
                unit=progress.unit,
                note=progress.note,
            )

        token = listener.set(show)
        try:
            yield
        finally:
            listener.reset(token)


def choose(name: str, entities: Sequence[FoundEntity]) -> FoundEntity:
    """Ask which entity a name stands for; without a terminal, list them and exit with 2."""
    rows = Table.grid(padding=(0, 2))
    for number, entity in enumerate(entities, start=1):
        documents = "1 document" if entity.documents == 1 else f"{entity.documents} documents"
        rows.add_row(
            str(number), entity.id, entity.name, entity.type, documents, entity.description
        )
    errors.print(f"{name!r} stands for {len(entities)} entities:")
    errors.print(rows)
    if not sys.stdin.isatty():
        errors.print("Give one of the ids.")
        raise typer.Exit(2)
    chosen = IntPrompt.ask("Which one", choices=[str(n) for n in range(1, len(entities) + 1)])
    return entities[chosen - 1]
