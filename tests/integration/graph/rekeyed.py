"""Documents whose entities are given other ids."""

from __future__ import annotations

from dataclasses import replace

from graph.client import Graph
from graph.model.records import Champion, Correction
from graph.reading.snapshot import Snapshot, snapshot
from tests.integration.graph.conftest import Database
from tests.integration.graph.knowledge import extracted
from tests.unit.graph.extractions import RELATIONS, RUN

DOCUMENTS = range(4)


def ingest(graph: Graph, ids: dict[str, str], batch_documents: int = 500) -> None:
    made = [extracted(number, ids) for number in DOCUMENTS]
    graph.writer(RUN, RELATIONS, batch_documents=batch_documents).upsert(made)


def judge(graph: Graph, head: str, relation: str, tail: str, verdict: str, day: int = 1) -> None:
    correction = Correction(
        head=head,
        relation=relation,
        tail=tail,
        verdict=verdict,
        by="me",
        at=f"2026-02-{day:02}T00:00:00Z",
    )
    assert graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store([correction]) == 1


def without_former_ids(whole: Snapshot) -> Snapshot:
    nodes = {
        key: {name: value for name, value in node.items() if name != "former_ids"}
        for key, node in whole.nodes.items()
    }
    return replace(whole, nodes=nodes)


def clean(database: Database, graph: Graph, ids: dict[str, str]) -> Snapshot:
    """Return the graph that one run over the documents gives; verdicts are those of before."""
    corrections = list(graph.corrections())
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store(corrections)
    ingest(graph, ids)
    return snapshot(graph)


def former_ids(graph: Graph) -> dict[str, list[str]]:
    records = graph.query(
        "MATCH (e:Entity) WHERE size(e.former_ids) > 0 RETURN e.id AS id, e.former_ids AS ids"
    )
    return {record["id"]: record["ids"] for record in records}
