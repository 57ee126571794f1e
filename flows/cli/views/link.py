"""`factloom link`: what the entities of a text may be, and why one candidate won."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractor.linking import Choice, LinkingWeights
from extractor.schema import VALUE_TYPES

SHOWN = 3
"""Candidates shown of an entity; the rest is counted."""
REASONS = 4


def show_choices(console: Console, choices: Sequence[Choice], weights: LinkingWeights) -> None:
    """Print every entity with its likeliest candidates and what tells them apart."""
    if not choices:
        console.print("The text names no entity.")
    for choice in choices:
        console.print(_title(choice))
        if choice.candidates:
            console.print(Padding(_candidates(choice), (0, 0, 0, 2)))
            for line in _reasons(choice, weights):
                console.print(Padding(Text(line, style="dim"), (0, 0, 0, 2)))
        console.print()


def _title(choice: Choice) -> Text:
    name, best = choice.mentioned[0], choice.best
    title = Text.assemble((name, "bold"), f" ({choice.type})  ")
    if best:
        return title.append(f"is {best.id}, confidence {choice.confidence:.2f}", style="green")
    return title.append(f"is NIL: {_why_nil(choice)}", style="yellow")


def _why_nil(choice: Choice) -> str:
    if choice.type in VALUE_TYPES:
        return "times and numbers are never linked"
    if not choice.candidates:
        return "the index has nothing like it"
    under = f"{choice.confidence:.2f} is under {choice.link_above:.2f}"
    if choice.doubtful:
        return f"{under}; {choice.doubtful.id} is kept as its candidate"
    return f"{under}, and too little for a candidate"


def _candidates(choice: Choice) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("confidence", justify="right")
    table.add_column("candidate", overflow="fold")
    table.add_column("name and description", overflow="fold")
    likeliest = list(zip(choice.candidates, choice.confidences, strict=True))[:SHOWN]
    for candidate, confidence in likeliest:
        label = ": ".join(filter(None, (candidate.name, candidate.description)))
        table.add_row(f"{confidence:.2f}", Text(candidate.id), Text(label))
    if len(choice.candidates) > SHOWN:
        table.add_row("", Text(f"{len(choice.candidates) - SHOWN} more"), "")
    return table


def _reasons(choice: Choice, weights: LinkingWeights) -> Iterator[str]:
    """Yield what speaks for and against the first candidate, then beside the second."""
    counts = choice.features * weights.of(choice.type).second
    values = [
        f"{name} {value:.2f}"
        for name, value in zip(weights.features, choice.features[0], strict=True)
        if value and name != "linked"
    ]
    yield "the first has " + ", ".join(values)
    if len(counts) > 1:
        gains = counts[0] - counts[1]
        order = sorted(range(len(gains)), key=lambda n: -abs(gains[n]))[:REASONS]
        parts = [f"{weights.features[n]} {gains[n]:+.2f}" for n in order if abs(gains[n]) >= 0.005]
        yield f"before the second by {gains.sum():+.2f}: {', '.join(parts) or 'its smaller id'}"
