"""A whole graph as tables, page after page: each page is one short read, whatever the size.

Nodes are walked in the order of their ids, relationships by the node that they are found at. Ids
come in portions much larger than the pages: ArcadeDB sorts all that are left for each portion.
An export of a graph that changed meanwhile would hold halves of documents: that is an error, not a
file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extractor.batches import weighed
from graph.errors import GraphUnavailable
from graph.model.edges import POSSIBLE
from graph.model.entities import LABELS
from graph.model.tables import (
    CORRECTIONS,
    DOCUMENTS,
    EDGES,
    ENTITIES,
    EVIDENCE,
    MENTIONS,
    SCHEMA,
    Row,
    Table,
)
from graph.reading.queries import Read, Record

IDS_IN_A_PORTION = 50_000
NODES_IN_A_PAGE = 1_000
EDGES_IN_A_PAGE = 10_000


@dataclass(slots=True, kw_only=True)
class ExportReport:
    """What was exported, counted while it is written."""

    rows: Counter[str] = field(default_factory=Counter)
    """Table -> its rows."""
    left_out: Counter[str] = field(default_factory=Counter)
    """'entities.pagerank' -> how many have this property, which the contract does not know."""
    possible: int = 0
    """Edges left out as they are only possible; their evidence is there."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of a table."""

    table: Table
    rows: Sequence[Row]


def size(read: Read) -> int:
    """Return how many nodes an export walks."""
    return sum(record["count"] for record in read("export_sizes"))


def pages(
    read: Read,
    report: ExportReport,
    *,
    possible: bool = False,
    nodes: int = NODES_IN_A_PAGE,
    edges: int = EDGES_IN_A_PAGE,
) -> Iterator[TablePage]:
    """Yield the whole graph; the rows of a table come in the same order every time.

    Args:
        read: Runs a statement in a transaction of its own.
        report: Counts what was yielded.
        possible: Whether edges that are only possible are among it.
        nodes: How many nodes one read may return.
        edges: How many edges one read may return.

    Raises:
        GraphUnavailable: somebody wrote meanwhile; the rows do not fit together.
    """
    turn = read("export_turn")
    yield _page(SCHEMA, read("export_schema"), report)
    for ids in _ids(read, "export_document_ids", nodes):
        yield _page(DOCUMENTS, _nodes(read, "export_documents", ids), report)
        mentions = read("export_mentions", rows=ids)
        mentions.sort(key=lambda record: (record["document"], record["entity"]))
        yield _page(MENTIONS, mentions, report)
    for ids in _ids(read, "export_entity_ids", nodes):
        found = _nodes(read, "export_entities", ids)
        for record in found:
            record["labels"] = sorted({*LABELS.values()} & set(record["labels"]))
        yield _page(ENTITIES, found, report)
        for records in _edges(read, ids, edges):
            kept = [each for each in records if possible or each["props"].get("status") != POSSIBLE]
            report.possible += len(records) - len(kept)
            yield _page(EDGES, kept, report)
    for ids in _ids(read, "export_evidence_ids", nodes):
        yield _page(EVIDENCE, _nodes(read, "export_evidence", ids), report)
    for ids in _ids(read, "export_correction_ids", nodes):
        yield _page(CORRECTIONS, _nodes(read, "export_corrections", ids), report)
    if read("export_turn") != turn:
        raise GraphUnavailable(
            "the graph changed while it was exported, so the files would not fit together: "
            "export again while no run writes"
        )


def _page(table: Table, records: Sequence[Record], report: ExportReport) -> TablePage:
    report.rows[table.name] += len(records)
    report.left_out.update(
        f"{table.name}.{name}" for record in records for name in table.left_out(record)
    )
    return TablePage(table, [table.row(record) for record in records])


def _ids(read: Read, statement: str, limit: int) -> Iterator[list[str]]:
    """Yield the ids of a statement in their order, `limit` at a time."""
    portion = [""]
    while portion:
        records = read(statement, after=portion[-1], limit=IDS_IN_A_PORTION)
        portion = [record["id"] for record in records]
        for at in range(0, len(portion), limit):
            yield portion[at : at + limit]


def _nodes(read: Read, statement: str, ids: Sequence[str]) -> list[Record]:
    return sorted(read(statement, rows=ids), key=lambda record: str(record["id"]))


def _edges(read: Read, heads: Sequence[str], limit: int) -> Iterator[list[Record]]:
    """Yield the edges that begin at some entities, by head, tail and relation."""
    degrees = {record["head"]: record["edges"] for record in read("export_degrees", rows=heads)}
    # A hub is alone in its portion.
    for portion in weighed(filter(degrees.get, heads), degrees.__getitem__, limit):
        if degrees[portion[0]] > limit:
            yield from _hub_edges(read, portion[0], limit)
        else:
            found = read("export_edges", rows=portion)
            yield sorted(found, key=lambda edge: (edge["head"], edge["tail"], edge["props"]["id"]))


def _hub_edges(read: Read, head: str, limit: int) -> Iterator[list[Record]]:
    tail = relation = ""
    while found := read("export_hub_edges", head=head, tail=tail, relation=relation, limit=limit):
        yield found
        tail, relation = found[-1]["tail"], found[-1]["props"]["id"]
