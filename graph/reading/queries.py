"""What people ask of the graph: who is this, what holds between these two, what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from graph.model.entities import folded_name, ranked
from graph.model.records import FoundEdge, FoundEntity, FoundEvidence, Written, from_stored
from graph.model.rows import edge_key

Record = dict[str, Any]
Read = Callable[..., list[Record]]
"""Runs one of the statements that read, by name and parameters."""
Triple = tuple[str, str, str]
"""Head, relation, tail."""
MIN_COMMON_CHARACTERS = 3
"""Names that share less at their beginning are not alike."""
SURE = 1.0
"""Confidence of links that version 0.1 wrote no confidence of with the evidence."""
NAMES_BESIDE = 50
"""Names looked at on either side of an unknown one."""


def found_entities(records: Iterable[Record]) -> list[FoundEntity]:
    """Return entities, each once, the most mentioned first."""
    found = {record["node"]["id"]: _entity(record) for record in records}
    return sorted(found.values(), key=lambda entity: (-entity.documents, entity.id))


def alike(read: Read, name: str, limit: int) -> list[FoundEntity]:
    """Return entities with names like one that is unknown, the most alike first.

    Those that begin alike stand beside it in the order of names, where an index finds them.
    """
    folded = folded_name(name)
    beside = {
        record["node"]["id"]: record
        for statement in ("names_from", "names_before")
        for record in read(statement, folded=folded, limit=NAMES_BESIDE)
    }
    begin = folded[:MIN_COMMON_CHARACTERS]
    matcher = SequenceMatcher(b=folded, autojunk=False)

    def place(record: Record) -> tuple[float, int, str]:
        matcher.set_seq1(record["node"]["folded_name"])
        return -matcher.ratio(), -record["documents"], record["node"]["id"]

    near = [r for r in beside.values() if r["node"]["folded_name"].startswith(begin)]
    return [_entity(record) for record in sorted(near, key=place)[:limit]]


def entities_of(read: Read, ids: Sequence[str]) -> list[FoundEntity]:
    """Return the entities of ids, in their order; unknown ids are left out."""
    found = {record["node"]["id"]: record for record in read("find_by_ids", rows=list(ids))}
    return [_entity(found[id_]) for id_ in ids if id_ in found]


def written(read: Read, entities: Sequence[FoundEntity]) -> dict[str, Written]:
    """Return how documents write entities, by their ids; none of those that none mentions."""
    return {
        record["id"]: Written(
            names=ranked(name for names in record["names"] for name in names),
            candidates=tuple(sorted(record["candidates"])),
            candidate_confidence=record["confidence"] or 0.0,
        )
        for record in read("read_written", rows=[entity.id for entity in entities])
    }


def edges_between(
    read: Read, pairs: Iterable[tuple[str, str]], only: Collection[Triple] | None = None
) -> list[FoundEdge]:
    """Return the edges from heads to tails, each with its evidence, strongest first.

    Args:
        read: of the graph.
        pairs: (head, tail).
        only: of these (head, relation, tail); None: all.
    """
    rows = [{"head": head, "tail": tail} for head, tail in sorted(pairs)]
    edges = {
        (edge["head"], edge["edge"]["id"], edge["tail"]): edge
        for edge in read("read_edges_between", rows=rows)
    }
    by_key = {edge_key(*each): edges[each] for each in edges if only is None or each in only}
    found = to_edges(by_key, read("read_edge_evidence", rows=list(by_key)))
    return sorted(found, key=_strength)


def _strength(edge: FoundEdge) -> tuple[float, float, str, str, str]:
    return -edge.probability, -edge.margin, edge.head, edge.relation, edge.tail


def _entity(record: Record) -> FoundEntity:
    node = record["node"]
    others = {"aliases": tuple(node["aliases"]), "documents": record["documents"]}
    return from_stored(FoundEntity, node, **others)


def to_edges(edges: Mapping[str, Record], evidence: Iterable[Record]) -> list[FoundEdge]:
    """Return edges by their keys, in their order, each with its share of the evidence."""
    by_edge: dict[str, list[Record]] = defaultdict(list)
    for record in evidence:
        by_edge[record["edge"]].append(record)
    return [_edge(edge, by_edge[key]) for key, edge in edges.items()]


def _edge(record: Record, evidence: Iterable[Record]) -> FoundEdge:
    edge = record["edge"]
    ends = {name: record[name] for name in ("head", "head_name", "type", "tail", "tail_name")}
    found = _best_first(map(_evidence, evidence), edge["checkpoint"])
    return from_stored(
        FoundEdge,
        edge,
        **ends,
        relation=edge["id"],
        contradicted=edge.get("contradicted", 0),  # edges of version 0.1 have none
        evidence=found,
    )


def _best_first(evidence: Iterable[FoundEvidence], checkpoint: str) -> tuple[FoundEvidence, ...]:
    """Return an edge's evidence, that of its checkpoint first: margins of others never mix in."""

    def place(each: FoundEvidence) -> tuple[bool, str, float, str]:
        return (each.checkpoint != checkpoint, each.checkpoint, -each.margin, each.document)

    return tuple(sorted(evidence, key=place))


def _evidence(record: Record) -> FoundEvidence:
    evidence: Mapping[str, Any] = record["evidence"]
    names = {mention["entity"]: tuple(mention["names"] or ()) for mention in record["mentions"]}
    return from_stored(
        FoundEvidence,
        {"link_confidence": SURE, **evidence},
        title=record["title"],
        url=record["url"],
        sentences=tuple(evidence["sentences"]),
        contradicts=evidence.get("contradicts", ""),
        pages=tuple(evidence.get("pages", ())),  # version 0.1 wrote none
        head_names=names.get(evidence["head"], ()),
        tail_names=names.get(evidence["tail"], ()),
    )
