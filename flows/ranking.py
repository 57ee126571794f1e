"""Which edges to show first: those that the model is most sure of, or doubts most. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graph.records import FoundEdge

Triple = tuple[str, str, str]
"""Head, relation, tail."""


def triple(edge: FoundEdge) -> Triple:
    """Return what names an edge."""
    return edge.head, edge.relation, edge.tail


def strength(edge: FoundEdge) -> tuple[float, Triple]:
    """Return a place in the order of the strongest; all margins are of one checkpoint."""
    return -edge.margin, triple(edge)


def doubt(edge: FoundEdge) -> tuple[float, float, Triple]:
    """Return a place in the order of the most doubtful."""
    return edge.probability, edge.margin, triple(edge)


def first(
    edges: Iterable[FoundEdge], place: Callable[[FoundEdge], Any], limit: int
) -> list[FoundEdge]:
    """Return the first edges by their places; where a triple comes twice, its strongest counts."""
    by_triple = {triple(edge): edge for edge in sorted(edges, key=strength, reverse=True)}
    return sorted(by_triple.values(), key=place)[:limit]
