"""What a user keeps in the same database, and a graph of ours beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from graph.client import Graph
from graph.export.labels import LabelsLeftOut, confident_edges, document_labels
from graph.export.pages import ExportReport, pages
from graph.model.records import Champion, Correction, CursorState, FailureRecord
from graph.reading.neighbourhood import neighbourhood
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

CHAMPION = RUN.checkpoint


LATER = replace(RUN, id="run-2", checkpoint="champion@2", started_at="2026-11-24T00:00:00Z")


CURSOR = CursorState(position="1", config_hash="config")


FAILURE = FailureRecord(document="tests:3", stage="read", error="x", content_hash="")


OWN_NODES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS props"


def nodes(database: Database) -> list[str]:
    """Return all nodes, in an order that both servers share."""
    return sorted(
        json.dumps([sorted(each["labels"]), each["props"]], sort_keys=True)
        for each in database.run(OWN_NODES)
    )


def verdict(said: str = "confirmed") -> Correction:
    return Correction(
        head="wikidata:Q1",
        relation="P19",
        tail="wikidata:Q2",
        verdict=said,
        by="me",
        at="2026-02-01T00:00:00Z",
    )


def write(graph: Graph) -> None:
    """Write a graph in which everything occurs."""
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(RUN, RELATIONS).upsert([extraction(1), extraction(2)])
    graph.verdicts(Champion(CHAMPION, RELATIONS)).store([verdict()])
    graph.writer(RUN, RELATIONS).record_failures([FAILURE], at="2026-02-01T00:00:00Z")
    graph.writer(RUN, RELATIONS).move_cursor("tests", CURSOR)


def read(graph: Graph) -> dict[str, Any]:
    """Return what every reading method says."""
    [one, *_] = graph.find("wikidata:Q1")
    rows: dict[str, int] = {}
    for page in pages(graph.read, ExportReport(), possible=True):
        rows[page.table.name] = rows.get(page.table.name, 0) + len(page.rows)
    around = neighbourhood(graph.read, one, depth=2, limit=10)
    judged = list(document_labels(graph.read, confident_edges(graph.read, 0.0), LabelsLeftOut()))
    return {
        "counts": graph.counts(),
        "rows": rows,
        "found": [
            each.id for name in ("mine", "Name 1", "Nam", "no one") for each in graph.find(name)
        ],
        "around": (around.edges_of_centre, len(around.edges), around.centre.documents),
        "between": len(graph.edges_between("wikidata:Q1", "wikidata:Q2")),
        "judged": len(judged),
        "corrections": list(graph.corrections()),
        "linked": sorted(graph.linked_ids()),
        "documents": (graph.document_ids("tests"), graph.documents("tests")),
        "checkpoints": graph.documents_by_checkpoint(),
        "failures": graph.failures("tests"),
        "stale": sorted(each.id for each in graph.stale_documents("tests", run=LATER)),
        "runs": graph.completed_runs("", CHAMPION),
        "sources": graph.sources(),
        "traces": graph.traces("tests:1"),
    }
