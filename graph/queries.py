"""What people ask of the graph: who is this, what holds between these two, what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, Protocol

from extractor.names import fold_name
from graph.entities import MAX_FOLDED_CHARACTERS
from graph.records import FoundEdge, FoundEntity, FoundEvidence
from graph.rows import edge_key

Record = dict[str, Any]
MIN_COMMON_CHARACTERS = 3
"""Names that share less at their beginning are not alike."""
NAMES_BESIDE = 50
"""Names looked at on either side of an unknown one."""


class Read(Protocol):
    """Runs one of the statements that read."""

    def __call__(self, statement: str, /, **parameters: Any) -> list[Record]:
        """Return its records."""


class Stream(Protocol):
    """Runs one of the statements that read, and gives its records some at a time."""

    def __call__(self, statement: str, /, **parameters: Any) -> Iterator[Record]:
        """Yield the records."""
        ...


def find(read: Read, name: str) -> list[FoundEntity]:
    """Return the entities that a name or an id stands for, the most mentioned first."""
    folded = fold_name(name)[:MAX_FOLDED_CHARACTERS]
    records = read("find_by_name", name=name, folded=folded) or read("find_by_alias", name=name)
    found = {record["node"]["id"]: _entity(record) for record in records}
    return sorted(found.values(), key=lambda entity: (-entity.documents, entity.id))


def alike(read: Read, name: str, limit: int) -> list[FoundEntity]:
    """Return entities with names like one that is unknown, the most alike first.

    Those that begin alike stand beside it in the order of names, where an index finds them.
    """
    folded = fold_name(name)[:MAX_FOLDED_CHARACTERS]
    beside = {
        record["node"]["id"]: record
        for statement in ("names_from", "names_before")
        for record in read(statement, folded=folded, limit=NAMES_BESIDE)
    }
    least = min(MIN_COMMON_CHARACTERS, len(folded))
    matcher = SequenceMatcher(b=folded, autojunk=False)

    def place(record: Record) -> tuple[float, int, str]:
        matcher.set_seq1(record["node"]["folded_name"])
        return -matcher.ratio(), -record["documents"], record["node"]["id"]

    near = [r for r in beside.values() if _common(folded, r["node"]["folded_name"]) >= least]
    return [_entity(record) for record in sorted(near, key=place)[:limit]]


def entities_of(read: Read, ids: Sequence[str]) -> list[FoundEntity]:
    """Return the entities of ids, in their order; unknown ids are left out."""
    found = {record["node"]["id"]: record for record in read("find_by_ids", rows=list(ids))}
    return [_entity(found[id_]) for id_ in ids if id_ in found]


def edges_between(read: Read, one: str, other: str) -> list[FoundEdge]:
    """Return the edges between two entities in both directions, each with its evidence."""
    directions = {(one, other), (other, one)}
    rows = [{"head": head, "tail": tail} for head, tail in sorted(directions)]
    return _with_evidence(read, read("read_edges_between", rows=rows))


def edges(read: Read, triples: Collection[tuple[str, str, str]]) -> list[FoundEdge]:
    """Return the edges of (head, relation, tail) that exist, each with its evidence."""
    pairs = {(head, tail) for head, _, tail in triples}
    rows = [{"head": head, "tail": tail} for head, tail in sorted(pairs)]
    found = read("read_edges_between", rows=rows)
    return _with_evidence(
        read,
        [each for each in found if (each["head"], each["edge"]["id"], each["tail"]) in triples],
    )


def edges_of_run(
    read: Read, run: str, triples: Collection[tuple[str, str, str]]
) -> set[tuple[str, str, str]]:
    """Return those of (head, relation, tail) whose edge rests on evidence of one run alone."""
    by_key = {edge_key(*triple): triple for triple in triples}
    found = read("edges_of_run", rows=sorted(by_key), run=run)
    return {by_key[record["edge"]] for record in found}


def _common(one: str, other: str) -> int:
    """Return how many characters two strings share at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


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
    by_key = {edge_key(edge["head"], edge["edge"]["id"], edge["tail"]): edge for edge in edges}
    found = to_edges(by_key, read("read_edge_evidence", rows=list(by_key)))
    return sorted(found, key=lambda edge: (-edge.margin, edge.head, edge.relation, edge.tail))


def to_edges(edges: Mapping[str, Record], evidence: Iterable[Record]) -> list[FoundEdge]:
    """Return edges by their keys, in their order, each with its share of the evidence."""
    by_edge: dict[str, list[Record]] = defaultdict(list)
    for record in evidence:
        by_edge[record["edge"]].append(record)
    return [_edge(edge, by_edge[key]) for key, edge in edges.items()]


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
        evidence=_best_first(map(_evidence, evidence), edge["checkpoint"]),
    )


def _best_first(evidence: Iterable[FoundEvidence], checkpoint: str) -> tuple[FoundEvidence, ...]:
    """Return an edge's evidence, that of its checkpoint first: margins of others never mix in."""

    def place(each: FoundEvidence) -> tuple[bool, str, float, str]:
        return (each.checkpoint != checkpoint, each.checkpoint, -each.margin, each.document)

    return tuple(sorted(evidence, key=place))


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
