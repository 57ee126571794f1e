"""`factloom explain`: every edge between two entities, with the sentences that say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from flows.errors import NoSuchEntity
from graph.client import Graph
from graph.records import FoundEdge, FoundEntity, FoundEvidence

HEAD_STYLE, TAIL_STYLE = "bold cyan", "bold magenta"
MAX_EVIDENCE = 5
"""Documents shown for an edge; the rest is counted."""

Choose = Callable[[str, Sequence[FoundEntity]], FoundEntity]


def resolve(graph: Graph, name: str, choose: Choose) -> FoundEntity:
    """Return the entity of an id or a name; an ambiguous name is for `choose` to decide.

    Raises:
        NoSuchEntity: there is none.
    """
    found = graph.find(name)
    exact = [entity for entity in found if entity.id == name]
    if not found:
        raise NoSuchEntity(
            f"the graph has no entity {name!r}: give an id, a name or an alias; "
            "factloom find shows names that begin like it"
        )
    if exact or len(found) == 1:
        return (exact or found)[0]
    return choose(name, found)


def show_edges(
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
        console.print(f"  {certainty(edge)}{by}", style="dim", markup=False)
        console.print(Padding(Group(*_evidence(edge)), (0, 0, 0, 2)))


def edge_line(edge: FoundEdge) -> Text:
    """Return what an edge says."""
    line = Text.assemble(
        (edge.head_name, HEAD_STYLE), f"  {edge.type}  ", (edge.tail_name, TAIL_STYLE)
    )
    if edge.status != "asserted":
        line.append(f"  {edge.status}", style="bold yellow")
    return line


def certainty(edge: FoundEdge) -> str:
    """Return how sure the model is of an edge."""
    documents = "1 document" if edge.documents == 1 else f"{edge.documents} documents"
    return f"margin {edge.margin:.2f}, probability {edge.probability:.2f}, {documents}"


def sentence(evidence: FoundEvidence) -> Text:
    """Return the evidence sentences with the mentions of head and tail highlighted."""
    return highlight(
        " ".join(evidence.text.split()), head=evidence.head_names, tail=evidence.tail_names
    )


def highlight(text: str, *, head: Iterable[str], tail: Iterable[str]) -> Text:
    """Return the text with whole-word occurrences of both entities' names in their styles."""
    shown = Text(text)
    styled = [(name, HEAD_STYLE) for name in head] + [(name, TAIL_STYLE) for name in tail]
    styled.sort(key=lambda each: len(each[0]))  # where two overlap, the longer one shows
    for name, style in styled:
        pattern = rf"(?<!\w){re.escape(' '.join(name.split()))}(?!\w)"
        for found in re.finditer(pattern, text):
            shown.stylize(style, *found.span())
    return shown


def _evidence(edge: FoundEdge) -> Iterable[RenderableType]:
    for evidence in edge.evidence[:MAX_EVIDENCE]:
        yield Text.assemble('"', sentence(evidence), '"')
        where = f"{evidence.title} ({evidence.document})  margin {evidence.margin:.2f}"
        if evidence.checkpoint != edge.checkpoint:
            where += f" by {evidence.checkpoint}"
        yield Text(f"  {where}", style="dim")
    if len(edge.evidence) > MAX_EVIDENCE:
        yield Text(f"... and {len(edge.evidence) - MAX_EVIDENCE} more documents", style="dim")
