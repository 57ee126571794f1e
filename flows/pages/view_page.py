"""A neighbourhood -> an HTML page that stands alone: the graph, and every sentence behind it.

The page asks nothing of the network. Everything that comes from a document is escaped here, and its
security policy lets no script run but the two that this module puts there.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from flows.pages.edge_text import HEAD_STYLE, certainty, sentence
from flows.pages.escaping import plain
from graph.model.edges import ASSERTED, CONFIRMED, REJECTED
from graph.model.records import FoundEdge, FoundEntity, FoundEvidence
from graph.reading.neighbourhood import Neighbourhood

SHADES = (0.5, 0.7, 0.9)
"""Probabilities at which an edge's colour changes."""
SHADE_NAMES = ("below 50 %", "50 to 70 %", "70 to 90 %", "90 % and above")
TYPES = {
    "PER": "● person",
    "ORG": "■ organization",
    "LOC": "◆ location",
    "TIME": "★ time",
    "NUM": "⬢ number",
    "MISC": "▲ other",
}
"""Entity type -> its shape on the page, in words."""
STATUSES = {CONFIRMED: "✓ confirmed by a person", REJECTED: "✗ dashed: rejected by a person"}


def view_page(found: Neighbourhood) -> str:
    """Return the page of a neighbourhood."""
    centre = found.centre
    degrees = Counter(end for edge in found.edges for end in (edge.head, edge.tail))
    script = _asset("view.js")
    library = _asset("cytoscape.min.js")
    return _asset("view.html").format(
        script_hashes=f"{_hash(library)} {_hash(script)}",
        name=plain(centre.name),
        style=_asset("view.css"),
        shown=_shown(found),
        scale=" ".join(
            f'<span><i class="swatch p{shade}"></i>{name}</span>'
            for shade, name in enumerate(SHADE_NAMES)
        ),
        types=_known(TYPES, (entity.type for entity in found.entities)),
        statuses=_known(STATUSES, (edge.status for edge in found.edges)),
        rejected="" if any(edge.status == REJECTED for edge in found.edges) else " hidden",
        entities="\n".join(
            _entity(number, entity, degrees[entity.id])
            for number, entity in enumerate(found.entities)
        ),
        edges="\n".join(_edge(number, edge) for number, edge in enumerate(found.edges)),
        data=_data(found),
        library=library,
        script=script,
    )


@cache
def _asset(name: str) -> str:
    return (files("flows.pages") / "page" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _shown(found: Neighbourhood) -> str:
    counted = _many(found.edges_of_centre, "edge", "edges")
    counts = f"The graph has {counted} of this entity. "
    if not found.more:
        return counts + f"This page shows {_many(len(found.edges), 'edge', 'edges')}."
    return counts + (
        f"This page shows only {len(found.edges)}: the confirmed and the most probable. "
        "There are more (--limit)."
    )


def _known(words: Mapping[str, str], found: Iterable[str]) -> str:
    present = set(found)
    return "  ".join(word for name, word in words.items() if name in present)


def _entity(number: int, entity: FoundEntity, edges: int) -> str:
    facts = [entity.id, entity.type, "linked" if entity.linked else "not linked"]
    facts += [_many(entity.documents, "document", "documents"), f"{edges} of its edges shown"]
    also = ", ".join(entity.aliases)
    return (
        f'<article class="entity" id="entity-{number}"><h2><bdi>{plain(entity.name)}</bdi></h2>'
        f'<p class="facts"><bdi>{plain(" · ".join(facts))}</bdi></p>'
        + (f'<p dir="auto">{plain(entity.description)}</p>' if entity.description else "")
        + (f'<p class="facts">Also: <bdi>{plain(also)}</bdi></p>' if also else "")
        + "</article>"
    )


def _edge(number: int, edge: FoundEdge) -> str:
    by = f", by {edge.checkpoint}" if edge.checkpoint else ""
    more = edge.documents - len(edge.evidence)
    status = "" if edge.status == ASSERTED else f'<span class="status">{plain(edge.status)}</span> '
    return (
        f'<article class="edge {plain(edge.status)}" id="edge-{number}">'
        f'<h2><bdi class="head">{plain(edge.head_name)}</bdi> '
        f'<span class="relation">{plain(_relation(edge))}</span> '
        f'<bdi class="tail">{plain(edge.tail_name)}</bdi></h2>'
        f'<p class="facts">{status}<i class="swatch p{_shade(edge)}"></i>'
        f"{plain(certainty(edge) + by)}</p>"
        + "".join(_evidence(each, edge) for each in edge.evidence)
        + (f'<p class="source">... and {_many(more, "more", "more")}</p>' if more > 0 else "")
        + "</article>"
    )


def _evidence(evidence: FoundEvidence, edge: FoundEdge) -> str:
    title = f"<bdi>{plain(evidence.title)}</bdi>"
    if evidence.url.startswith(("https://", "http://")):
        title = f'<a href="{plain(evidence.url)}" rel="noopener noreferrer">{title}</a>'
    other = f" by {evidence.checkpoint}" if evidence.checkpoint != edge.checkpoint else ""
    sure = f"margin {evidence.margin:.2f}, probability {evidence.probability:.2f}{other}"
    return (
        f'<blockquote dir="auto">{_marked(evidence)}</blockquote>'
        f'<p class="source">{title} (<bdi>{plain(evidence.document)}</bdi>), {plain(sure)}</p>'
    )


def _marked(evidence: FoundEvidence) -> str:
    """Return the sentences with the same names marked that `factloom explain` highlights."""
    text = sentence(evidence)
    roles = [""] * len(text.plain)
    for span in text.spans:
        role = "head" if span.style == HEAD_STYLE else "tail"
        roles[span.start : span.end] = [role] * (span.end - span.start)
    shown = ""
    for role, run in groupby(zip(roles, text.plain, strict=True), key=lambda pair: pair[0]):
        part = plain("".join(character for _, character in run))
        shown += f'<mark class="{role}">{part}</mark>' if role else part
    return shown


def _data(found: Neighbourhood) -> str:
    """Return what the script draws, as JSON that cannot end the element that holds it."""
    place = {entity.id: f"entity-{number}" for number, entity in enumerate(found.entities)}
    nodes: list[dict[str, Any]] = [
        {
            "id": place[entity.id],
            "name": entity.name,
            "type": entity.type,
            "centre": entity.id == found.centre.id,
        }
        for entity in found.entities
    ]
    edges = [
        {
            "id": f"edge-{number}",
            "source": place[edge.head],
            "target": place[edge.tail],
            "relation": {CONFIRMED: "✓ ", REJECTED: "✗ "}.get(edge.status, "") + _relation(edge),
            "probability": edge.probability,
            "shade": _shade(edge),
            "status": edge.status,
        }
        for number, edge in enumerate(found.edges)
    ]
    text = json.dumps({"nodes": nodes, "edges": edges})
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _relation(edge: FoundEdge) -> str:
    return edge.type.replace("_", " ").lower()


def _shade(edge: FoundEdge) -> int:
    return sum(edge.probability >= border for border in SHADES)


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
