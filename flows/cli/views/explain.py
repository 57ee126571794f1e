"""`factloom explain`: every edge between two entities, with the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from flows.pages.edge_text import (
    HEAD_STYLE,
    TAIL_STYLE,
    certainty,
    edge_line,
    on_pages,
    sentence,
    stated,
)
from graph.model.edges import POSSIBLE
from graph.model.records import FoundEdge, FoundEntity

MAX_EVIDENCE = 5
"""Documents shown for an edge; the rest is counted."""


def show_between(
    console: Console,
    head: FoundEntity,
    tail: FoundEntity,
    edges: Sequence[FoundEdge],
    *,
    possible: bool = False,
) -> None:
    """Print the edges between two entities, strongest first.

    Args:
        console: where to.
        head: one entity.
        tail: the other.
        edges: between them, in both directions.
        possible: whether to print those that are only possible; else they are counted.
    """
    title = Text.assemble(
        (head.name, HEAD_STYLE), f" ({head.id})  and  ", (tail.name, TAIL_STYLE), f" ({tail.id})"
    )
    console.print(title)
    if not edges:
        console.print("No document states a relation between them.")
    hidden = 0 if possible else sum(edge.status == POSSIBLE for edge in edges)
    for edge in edges:
        if edge.status == POSSIBLE and not possible:
            continue
        console.print()
        console.print(edge_line(edge))
        by = f", by {edge.checkpoint}" if edge.checkpoint else ""
        console.print(f"  {certainty(edge)}{by}", style="dim")
        console.print(Padding(Group(*_evidence(edge)), (0, 0, 0, 2)))
    if hidden:
        console.print(f"Only possible, and not shown: {hidden} (--possible).", style="yellow")


def _evidence(edge: FoundEdge) -> Iterable[RenderableType]:
    for evidence in edge.evidence[:MAX_EVIDENCE]:
        yield Text.assemble('"', sentence(evidence), '"')
        place = f"{evidence.title} ({evidence.document}){on_pages(evidence)}"
        where = f"{place}  {stated(edge, evidence)}"
        if evidence.checkpoint != edge.checkpoint:
            where += f" by {evidence.checkpoint}"
        yield Text(f"  {where}", style="dim")
        if evidence.contradicts:
            yield Text(f"  contradicts {evidence.contradicts}", style="yellow")
    if len(edge.evidence) > MAX_EVIDENCE:
        yield Text(f"... and {len(edge.evidence) - MAX_EVIDENCE} more documents", style="dim")
