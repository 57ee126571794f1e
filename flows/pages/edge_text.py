"""An edge and its evidence in words, as the terminal and the pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.text import Text

from flows.reports.edges import as_written
from graph.model.edges import ASSERTED
from graph.model.records import FoundEdge, FoundEvidence

HEAD_STYLE, TAIL_STYLE = "bold cyan", "bold magenta"


def edge_line(edge: FoundEdge) -> Text:
    """Return what an edge says."""
    line = Text.assemble(
        (edge.head_name, HEAD_STYLE), f"  {edge.type}  ", (edge.tail_name, TAIL_STYLE)
    )
    if edge.status != ASSERTED:
        line.append(f"  {edge.status}", style="bold yellow")
    return line


def certainty(edge: FoundEdge) -> str:
    """Return how sure the model is of an edge."""
    documents = "1 document" if edge.documents == 1 else f"{edge.documents} documents"
    against = f", contradicted in {edge.contradicted}" if edge.contradicted else ""
    return f"margin {edge.margin:.2f}, probability {edge.probability:.2f}, {documents}{against}"


def stated(edge: FoundEdge, evidence: FoundEvidence) -> str:
    """Return how sure the model is of what a document says, of its links, and what these link.

    'margin 2.10, probability 0.84, links 0.61, as 'Bank of Uganda'': names are told where the
    entity has another one.
    """
    parts = [f"margin {evidence.margin:.2f}", f"probability {evidence.probability:.2f}"]
    if evidence.link_confidence < 1:
        parts.append(f"links {evidence.link_confidence:.2f}")
    if written := as_written(edge, evidence):
        parts.append(f"as {written}")
    return ", ".join(parts)


def on_pages(evidence: FoundEvidence) -> str:
    """Return on which pages of its document an evidence stands: ', pages 3 and 4'; else nothing."""
    if not evidence.pages:
        return ""
    *others, last = map(str, evidence.pages)
    return f", pages {', '.join(others)} and {last}" if others else f", page {last}"


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
