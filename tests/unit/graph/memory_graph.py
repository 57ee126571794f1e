"""A graph in memory that answers the statements of an export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class MemoryGraph:
    """Nodes by id, and edges; `reads` tells which statements were sent, and how much they gave."""

    entities: Mapping[str, Record] = field(default_factory=dict)
    documents: Mapping[str, Record] = field(default_factory=dict)
    evidence: Mapping[str, Record] = field(default_factory=dict)
    corrections: Mapping[str, Record] = field(default_factory=dict)
    mentions: Iterable[tuple[str, str, Record]] = ()
    """(entity, document, properties)"""
    edges: Iterable[tuple[str, str, str, Record]] = ()
    """(head, type, tail, properties)"""
    reads: list[tuple[str, int]] = field(default_factory=list)
    turn: int = 1
    """Goes up with every write."""

    def read(self, statement: str, /, **parameters: Any) -> list[Record]:
        """Return what the statement of this name returns."""
        found = getattr(self, f"_{statement}")(**parameters)
        self.reads.append((statement, len(found)))
        return list(found)

    def _export_turn(self) -> list[Record]:
        return [{"turn": self.turn}]

    def _export_sizes(self) -> list[Record]:
        kinds = ("documents", "entities", "evidence", "corrections")
        return [{"what": kind, "count": len(getattr(self, kind))} for kind in kinds]

    def _export_schema(self) -> list[Record]:
        return [{"id": "factloom", "version": 2}]

    def _export_document_ids(self, after: str, limit: int) -> list[Record]:
        return _ids(self.documents, after, limit)

    def _export_entity_ids(self, after: str, limit: int) -> list[Record]:
        return _ids(self.entities, after, limit)

    def _export_evidence_ids(self, after: str, limit: int) -> list[Record]:
        return _ids(self.evidence, after, limit)

    def _export_correction_ids(self, after: str, limit: int) -> list[Record]:
        return _ids(self.corrections, after, limit)

    def _export_documents(self, rows: list[str]) -> list[Record]:
        return _nodes(self.documents, rows)

    def _export_entities(self, rows: list[str]) -> list[Record]:
        return [each | {"labels": ["Misc", "Entity"]} for each in _nodes(self.entities, rows)]

    def _export_evidence(self, rows: list[str]) -> list[Record]:
        return _nodes(self.evidence, rows)

    def _export_corrections(self, rows: list[str]) -> list[Record]:
        return _nodes(self.corrections, rows)

    def _export_mentions(self, rows: list[str]) -> list[Record]:
        return [
            {"entity": entity, "document": document, "props": props}
            for entity, document, props in self.mentions
            if document in rows
        ]

    def _export_degrees(self, rows: list[str]) -> list[Record]:
        heads = [head for head, _, _, _ in self.edges]
        return [{"head": row, "edges": heads.count(row)} for row in rows]

    def _export_edges(self, rows: list[str]) -> list[Record]:
        return [
            {"head": head, "type": type_, "tail": tail, "props": props}
            for head, type_, tail, props in self.edges
            if head in rows
        ]

    def _export_hub_edges(self, head: str, tail: str, relation: str, limit: int) -> list[Record]:
        own = [edge for edge in self._export_edges([head]) if _key(edge) > (tail, relation)]
        return sorted(own, key=_key)[:limit]


def _key(edge: Record) -> tuple[str, str]:
    return edge["tail"], edge["props"]["id"]


def _ids(nodes: Mapping[str, Record], after: str, limit: int) -> list[Record]:
    return [{"id": id_} for id_ in sorted(nodes) if id_ > after][:limit]


def _nodes(nodes: Mapping[str, Record], rows: list[str]) -> list[Record]:
    return [{"id": row, "props": nodes[row]} for row in reversed(rows)]
