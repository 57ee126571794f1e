"""A neighbourhood -> an HTML page that stands alone: the graph, and every sentence behind it.

The page asks nothing of the network. Its template escapes everything that comes from a document,
and its security policy lets no script run but the two of ours.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any

from flows.pages.edge_text import HEAD_STYLE, certainty, on_pages, sentence, stated
from flows.pages.templates import render_page
from graph.model.edges import CONFIRMED, POSSIBLE, REJECTED
from graph.model.records import FoundEdge, FoundEvidence
from graph.reading.neighbourhood import Neighbourhood

SCRIPTS = ("cytoscape.min.js", "view.js")
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
STATUSES = {
    CONFIRMED: "✓ confirmed by a person",
    POSSIBLE: "? dotted: only possible",
    REJECTED: "✗ dashed: rejected by a person",
}
SIGNS = {CONFIRMED: "✓ ", POSSIBLE: "? ", REJECTED: "✗ "}


def view_page(found: Neighbourhood) -> str:
    """Return the page of a neighbourhood."""
    folder = files("flows.pages") / "page"
    return render_page(
        "view.html",
        found=found,
        degrees=Counter(end for edge in found.edges for end in (edge.head, edge.tail)),
        shade_names=SHADE_NAMES,
        types=_known(TYPES, (entity.type for entity in found.entities)),
        statuses=_known(STATUSES, (edge.status for edge in found.edges)),
        rejected=any(edge.status == REJECTED for edge in found.edges),
        relation=_relation,
        shade=_shade,
        certainty=certainty,
        stated=stated,
        on_pages=on_pages,
        parts=_parts,
        data=_data(found),
        scripts=[(folder / name).read_text(encoding="utf-8") for name in SCRIPTS],
        sha256=_sha256,
    )


def _sha256(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _known(words: Mapping[str, str], found: Iterable[str]) -> str:
    present = set(found)
    return "  ".join(word for name, word in words.items() if name in present)


def _parts(evidence: FoundEvidence) -> list[tuple[str, str]]:
    """Return the sentences in parts; what `factloom explain` highlights has a role."""
    text = sentence(evidence)
    roles = [""] * len(text.plain)
    for span in text.spans:
        role = "head" if span.style == HEAD_STYLE else "tail"
        roles[span.start : span.end] = [role] * (span.end - span.start)
    runs = groupby(zip(roles, text.plain, strict=True), key=itemgetter(0))
    return [(role, "".join(character for _, character in run)) for role, run in runs]


def _data(found: Neighbourhood) -> dict[str, Any]:
    """Return what the script draws."""
    place = {entity.id: f"entity-{number}" for number, entity in enumerate(found.entities)}
    nodes = [
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
            "relation": SIGNS.get(edge.status, "") + _relation(edge),
            "probability": edge.probability,
            "shade": _shade(edge),
            "status": edge.status,
        }
        for number, edge in enumerate(found.edges)
    ]
    return {"nodes": nodes, "edges": edges}


def _relation(edge: FoundEdge) -> str:
    return edge.type.replace("_", " ").lower()


def _shade(edge: FoundEdge) -> int:
    return sum(edge.probability >= border for border in SHADES)
