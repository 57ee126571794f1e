"""What surrounds an entity: the best edges of its neighbours, ring by ring."""

from __future__ import annotations

from dataclasses import dataclass

from graph.model.records import FoundEdge, FoundEntity
from graph.model.rows import edge_key
from graph.reading.queries import Read, Record, entities_of, to_edges

MAX_EVIDENCE = 5
"""Documents read for an edge; `FoundEdge.documents` tells how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """An entity, the edges around it, and the entities that these connect."""

    centre: FoundEntity
    entities: tuple[FoundEntity, ...]
    """Those of the edges, and the centre; by id."""
    edges: tuple[FoundEdge, ...]
    """Those near the centre first; in a ring: confirmed, then by probability, then rejected."""
    edges_of_centre: int
    """How many the graph has, of those that are asked for."""
    possible_of_centre: int
    """How many are only possible."""
    possible: bool
    """Whether such edges are shown too."""
    more: bool
    """Whether the graph has edges here that are left out."""


def neighbourhood(
    read: Read, centre: FoundEntity, *, depth: int, limit: int, possible: bool = False
) -> Neighbourhood:
    """Return what is at most `depth` edges away from an entity, with `limit` edges at most.

    Edges that are only possible are left out, unless `possible` asks for them.
    Memory and messages are bounded by `limit`, however many edges the entity has.
    """
    edges: dict[str, Record] = {}
    seen, ring, more = {centre.id}, {centre.id}, False
    for _ in range(depth):
        found = read("read_edges_around", rows=sorted(ring), limit=limit + 1, possible=possible)
        new = [edge for edge in found if _key(edge) not in edges]
        more = len(edges) + len(new) > limit
        edges |= {_key(edge): edge for edge in new[: limit - len(edges)]}
        ring = {edge[end] for edge in edges.values() for end in ("head", "tail")} - seen
        seen |= ring
        if more or not ring:
            break
    [counted] = read("count_edges_of", id=centre.id)
    return Neighbourhood(
        centre=centre,
        entities=tuple(entities_of(read, sorted(seen))),
        edges=tuple(_with_best_evidence(read, edges)),
        edges_of_centre=counted["edges"] - (0 if possible else counted["possible"]),
        possible_of_centre=counted["possible"],
        possible=possible,
        more=more,
    )


def _key(edge: Record) -> str:
    return edge_key(edge["head"], edge["edge"]["id"], edge["tail"])


def _with_best_evidence(read: Read, edges: dict[str, Record]) -> list[FoundEdge]:
    rows = [{"edge": key, "checkpoint": edge["edge"]["checkpoint"]} for key, edge in edges.items()]
    return to_edges(edges, read("read_best_evidence", rows=rows, limit=MAX_EVIDENCE))
