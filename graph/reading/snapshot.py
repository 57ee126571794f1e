"""The one answer to "is this the same graph?".

All nodes, edges and properties count, except Run, Writer, Cursor and FailedDocument nodes and
the properties `run` and `extracted_at`: those say when the graph was written, not what it says.
Nor does a document's `digest`: a hash of what counts itself, where floats may differ slightly.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

IGNORED_PROPERTIES = frozenset({"run", "extracted_at", "digest"})


class Readable(Protocol):
    """A graph, as far as a snapshot needs one."""

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of one of `graph.driver.statements`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A whole graph, canonical: equal graphs are equal values, whatever server they come from."""

    nodes: Mapping[str, Mapping[str, Any]]
    """'Entity:Person wikidata:Q84' -> its properties."""
    edges: Mapping[str, Mapping[str, Any]]
    """'wikidata:Q7186 -PLACE_OF_BIRTH-> wikidata:Q270' -> its properties."""

    def digest(self) -> str:
        """Return a hash of everything."""
        content = json.dumps({"nodes": self.nodes, "edges": self.edges}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{len(self.nodes)} nodes, {len(self.edges)} edges, {self.digest()[:12]}"


def snapshot(graph: Readable) -> Snapshot:
    """Return the whole graph; to be taken while nobody writes."""
    nodes: dict[str, Mapping[str, Any]] = {}
    for record in graph.read("snapshot_nodes"):
        key = f"{':'.join(sorted(record['labels']))} {record['props'].get('id', '')}"
        nodes[_free(key, nodes)] = _kept(record["props"])
    edges: dict[str, Mapping[str, Any]] = {}
    for record in sorted(graph.read("snapshot_edges"), key=json.dumps):
        key = f"{record['head']} -{record['type']}-> {record['tail']}"
        edges[_free(key, edges)] = _kept(record["props"])
    return Snapshot(nodes=nodes, edges=edges)


def diff(one: Snapshot, other: Snapshot, *, tolerance: float = 0.0) -> list[str]:
    """Return the differences, one readable line each; no line means the same graph.

    Args:
        one: A graph.
        other: The graph to compare with.
        tolerance: How far floats may lie apart. Margins that a model computed in other batches
            differ in their last digits; nothing else may.
    """
    return [
        *_differences(one.nodes, other.nodes, tolerance),
        *_differences(one.edges, other.edges, tolerance),
    ]


def _differences(
    one: Mapping[str, Mapping[str, Any]], other: Mapping[str, Mapping[str, Any]], tolerance: float
) -> Iterator[str]:
    for key in sorted(one.keys() | other.keys()):
        if key not in other:
            yield f"- {key}"
        elif key not in one:
            yield f"+ {key}"
        else:
            for name in sorted(one[key].keys() | other[key].keys()):
                before, after = one[key].get(name), other[key].get(name)
                if not _equal(before, after, tolerance):
                    yield f"~ {key}: {name} {before!r} -> {after!r}"


def _equal(one: object, other: object, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=0.0, abs_tol=tolerance)
    return one == other


def _kept(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in sorted(properties.keys() - IGNORED_PROPERTIES)}


def _free(key: str, taken: Mapping[str, object]) -> str:
    """Return the key, numbered if it is taken: a graph that has a thing twice is not the same."""
    number = 2
    free = key
    while free in taken:
        free, number = f"{key} #{number}", number + 1
    return free
