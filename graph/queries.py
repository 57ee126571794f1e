"""What people ask of the graph: who is this, what holds between these two, what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from extractor.names import fold_name
from graph.entities import MAX_FOLDED_CHARACTERS
from graph.records import FoundEdge, FoundEntity, FoundEvidence
from graph.rows import edge_key

Record = dict[str, Any]


class Read(Protocol):
    """Runs one of the statements that read."""

    def __call__(self, statement: str, /, **parameters: Any) -> list[Record]:
        """Return its records."""


def find(read: Read, name: str) -> list[FoundEntity]:
    """Return the entities that a name or an id stands for, the most mentioned first."""
    folded = fold_name(name)[:MAX_FOLDED_CHARACTERS]
    records = read("find_by_name", name=name, folded=folded) or read("find_by_alias", name=name)
    found = {record["node"]["id"]: _entity(record) for record in records}
    return sorted(found.values(), key=lambda entity: (-entity.documents, entity.id))


def edges_between(read: Read, one: str, other: str) -> list[FoundEdge]:
    """Return the edges between two entities in both directions, each with its evidence."""
    directions = {(one, other), (other, one)}
    rows = [{"head": head, "tail": tail} for head, tail in sorted(directions)]
    return _with_evidence(read, read("read_edges_between", rows=rows))


def strongest(read: Read, run: str, limit: int) -> list[FoundEdge]:
    """Return the edges with the highest margin that a run's evidence supports."""
    keys = read("strongest_edges", run=run, limit=limit)
    pairs = {(key["head"], key["tail"]) for key in keys}
    rows = [{"head": head, "tail": tail} for head, tail in sorted(pairs)]
    wanted = {(key["head"], key["relation"], key["tail"]) for key in keys}
    edges = read("read_edges_between", rows=rows)
    return _with_evidence(
        read, [edge for edge in edges if (edge["head"], edge["edge"]["id"], edge["tail"]) in wanted]
    )


def _entity(record: Record) -> FoundEntity:
    node = record["node"]
    return FoundEntity(
        id=node["id"],
        name=node["name"],
        type=node["type"],
        linked=node["linked"],
        description=node["description"],
        aliases=tuple(node["aliases"]),
        documents=record["documents"],
    )


def _with_evidence(read: Read, edges: Sequence[Record]) -> list[FoundEdge]:
    keys = [edge_key(edge["head"], edge["edge"]["id"], edge["tail"]) for edge in edges]
    records = sorted(read("read_edge_evidence", rows=keys), key=lambda record: str(record["edge"]))
    by_edge = {key: list(group) for key, group in groupby(records, lambda record: record["edge"])}
    found = [_edge(edge, by_edge.get(key, [])) for key, edge in zip(keys, edges, strict=True)]
    return sorted(found, key=lambda edge: (-edge.margin, edge.head, edge.relation, edge.tail))


def _edge(record: Record, evidence: Iterable[Record]) -> FoundEdge:
    edge = record["edge"]
    return FoundEdge(
        head=record["head"],
        head_name=record["head_name"],
        relation=edge["id"],
        type=record["type"],
        tail=record["tail"],
        tail_name=record["tail_name"],
        margin=edge["margin"],
        probability=edge["probability"],
        documents=edge["documents"],
        checkpoint=edge["checkpoint"],
        status=edge["status"],
        first_seen=edge["first_seen"],
        last_seen=edge["last_seen"],
        evidence=tuple(
            sorted(map(_evidence, evidence), key=lambda each: (-each.margin, each.document))
        ),
    )


def _evidence(record: Record) -> FoundEvidence:
    evidence: Mapping[str, Any] = record["evidence"]
    names = {mention["entity"]: tuple(mention["names"] or ()) for mention in record["mentions"]}
    return FoundEvidence(
        document=evidence["document"],
        title=record["title"],
        url=record["url"],
        margin=evidence["margin"],
        probability=evidence["probability"],
        checkpoint=evidence["checkpoint"],
        sentences=tuple(evidence["sentences"]),
        text=evidence["text"],
        head_names=names.get(evidence["head"], ()),
        tail_names=names.get(evidence["tail"], ()),
    )
