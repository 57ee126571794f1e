"""`factloom explain`: every edge between two entities, with the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from flows.pages.edge_text import HEAD_STYLE, TAIL_STYLE, certainty, edge_line, pages, sentence
from graph.model.records import FoundEdge, FoundEntity

MAX_EVIDENCE = 5
"""Documents shown for an edge; the rest is counted."""


def show_between(
    console: Console, head: FoundEntity, tail: FoundEntity, edges: Sequence[FoundEdge]
) -> None:
    """Print the edges between two entities, strongest first."""
    title = Text.assemble(
        (head.name, HEAD_STYLE), f" ({head.id})  and  ", (tail.name, TAIL_STYLE), f" ({tail.id})"
    )
    console.print(title)
    if not edges:
        console.print("No document states a relation between them.")
    for edge in edges:
        console.print()
        console.print(edge_line(edge))
        by = f", by {edge.checkpoint}" if edge.checkpoint else ""
        console.print(f"  {certainty(edge)}{by}", style="dim")
        console.print(Padding(Group(*_evidence(edge)), (0, 0, 0, 2)))


def _evidence(edge: FoundEdge) -> Iterable[RenderableType]:
    for evidence in edge.evidence[:MAX_EVIDENCE]:
        yield Text.assemble('"', sentence(evidence), '"')
        place = f"{evidence.title} ({evidence.document}){pages(evidence)}"
        where = f"{place}  margin {evidence.margin:.2f}"
        if evidence.checkpoint != edge.checkpoint:
            where += f" by {evidence.checkpoint}"
        yield Text(f"  {where}", style="dim")
    if len(edge.evidence) > MAX_EVIDENCE:
        yield Text(f"... and {len(edge.evidence) - MAX_EVIDENCE} more documents", style="dim")
