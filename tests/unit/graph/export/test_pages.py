"""The pages of an export: everything once, in one order, never more at a time than asked for."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from graph.errors import GraphUnavailable
from graph.export import pages as export
from graph.export.pages import ExportReport, pages, size
from graph.model.tables import TABLES, Row
from tests.unit.graph.memory_graph import MemoryGraph

HUB = [("e3", f"R{n}", f"e{tail}", {"id": f"R{n}"}) for n in (1, 2) for tail in range(7)]


def graph() -> MemoryGraph:
    return MemoryGraph(
        entities={f"e{n}": {"id": f"e{n}", "name": f"Name {n}"} for n in range(8)},
        documents={f"d{n}": {"id": f"d{n}", "title": f"Title {n}"} for n in range(5)},
        evidence={f"v{n}": {"id": f"v{n}", "text": f"Text {n}"} for n in range(3)},
        corrections={"c1": {"id": "c1", "verdict": "rejected"}},
        mentions=[(f"e{n % 8}", f"d{n % 5}", {"count": n}) for n in range(12)],
        edges=[*HUB, ("e1", "R1", "e3", {"id": "R1"}), ("e4", "R1", "e3", {"id": "R1"})],
    )


def exported(memory: MemoryGraph, **limits: Any) -> dict[str, list[Row]]:
    report = ExportReport()
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    for page in pages(memory.read, report, **limits):
        found[page.table.name] += page.rows
    assert report.rows == {name: len(rows) for name, rows in found.items()}
    return found


@pytest.mark.parametrize("limits", [{}, {"nodes": 2, "edges": 3}, {"nodes": 1, "edges": 1}])
def test_everything_comes_once_whatever_the_size_of_a_page(
    limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "IDS_IN_A_PORTION", 3 if limits else 100)
    found = exported(graph(), **limits)
    assert [row["id"] for row in found["entities"]] == [f"e{n}" for n in range(8)]
    assert [row["id"] for row in found["documents"]] == [f"d{n}" for n in range(5)]
    assert [row["text"] for row in found["evidence"]] == ["Text 0", "Text 1", "Text 2"]
    assert [row["verdict"] for row in found["corrections"]] == ["rejected"]
    assert found["schema"] == [{"id": "factloom", "version": 2}]
    mentions = [(row["document"], row["entity"], row["count"]) for row in found["mentions"]]
    assert mentions == sorted((f"d{n % 5}", f"e{n % 8}", n) for n in range(12))
    edges = [(row["head"], row["tail"], row["relation"], row["type"]) for row in found["edges"]]
    assert edges == sorted(
        (head, tail, props["id"], type_) for head, type_, tail, props in graph().edges
    )


def test_no_answer_is_larger_than_asked_for() -> None:
    memory = graph()
    exported(memory, nodes=2, edges=3)
    largest = {name: max(size for _, size in own) for name, own in by_statement(memory)}
    for name in ("export_entities", "export_documents", "export_evidence", "export_degrees"):
        assert largest[name] == 2
    assert largest["export_edges"] <= 3
    assert largest["export_hub_edges"] == 3


def by_statement(memory: MemoryGraph) -> Any:
    return groupby(sorted(memory.reads), key=lambda each: each[0])


def test_possible_edges_are_left_out_unless_they_are_asked_for() -> None:
    edges = [
        ("e1", "R1", "e2", {"id": "R1", "status": "possible"}),
        ("e1", "R2", "e2", {"id": "R2"}),
    ]
    memory = MemoryGraph(entities={"e1": {"id": "e1"}}, edges=edges)
    report = ExportReport()
    shown = [
        row
        for page in pages(memory.read, report)
        for row in page.rows
        if page.table.name == "edges"
    ]
    assert (len(shown), report.possible, report.rows["edges"]) == (1, 1, 1)
    whole = list(pages(memory.read, ExportReport(), possible=True))
    assert sum(len(page.rows) for page in whole if page.table.name == "edges") == 2


def test_labels_are_those_beside_entity() -> None:
    assert exported(graph())["entities"][0]["labels"] == ["Misc"]


def test_a_property_that_is_missing_is_none() -> None:
    assert exported(graph())["entities"][0]["description"] is None


def test_what_no_column_holds_is_counted() -> None:
    memory = MemoryGraph(entities={f"e{n}": {"id": f"e{n}", "pagerank": 0.5} for n in range(3)})
    report = ExportReport()
    list(pages(memory.read, report, nodes=2))
    assert report.left_out == {"entities.pagerank": 3}


def test_a_graph_that_is_written_meanwhile_is_no_export() -> None:
    memory = graph()
    walk = pages(memory.read, ExportReport())
    next(walk)
    memory.turn += 1
    with pytest.raises(GraphUnavailable, match="changed while it was exported"):
        list(walk)


def test_the_size_is_what_is_walked() -> None:
    assert size(graph().read) == 8 + 5 + 3 + 1
