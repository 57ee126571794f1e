"""Documents that bring nothing new move nothing, and no document passes for one by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from extractor.schema import Extraction
from graph.client import Graph
from graph.driver.transaction import Transaction
from graph.model.records import FailureRecord, UpsertReport
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

LATER = replace(RUN, id="run-2", config_hash="config 2")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the statements that were sent."""
    names: list[str] = []
    rows = Transaction.rows

    def remember(
        self: Transaction, name: str, its_rows: Iterable[Any], **places: Any
    ) -> list[dict[str, Any]]:
        its_rows = list(its_rows)
        names.extend([name] if its_rows else [])
        return rows(self, name, its_rows, **places)

    monkeypatch.setattr(Transaction, "rows", remember)
    return names


def upsert(graph: Graph, *extractions: Extraction) -> UpsertReport:
    return graph.writer(LATER, RELATIONS).upsert(extractions)


def described(made: Extraction, version: str) -> Extraction:
    """Return an extraction with another version of the entity index."""
    entities = (replace(each, description=f"{version} {each.id}") for each in made.entities)
    return replace(made, entities=tuple(entities))


def test_an_unchanged_document_costs_one_node(graph: Graph, sent: list[str]) -> None:
    corpus = random_corpus(20, 12)
    graph.writer(RUN, RELATIONS).upsert(corpus)
    before = snapshot(graph)
    sent.clear()

    report = upsert(graph, *corpus)

    assert sent == [
        "taken_ids",
        "read_digests",
        "read_entities",
        "upsert_documents",
        "delete_nodes",
    ]
    assert report.documents == 20
    assert report.evidence == sum(len(each.statements) for each in corpus)
    assert {line.split(": ", 1)[1] for line in diff(before, snapshot(graph))} == {
        "config_hash 'config' -> 'config 2'"
    }


def test_an_unchanged_document_moves_and_its_failure_is_forgotten(graph: Graph) -> None:
    one = extraction()
    upsert(graph, one)
    failure = FailureRecord(document="tests:1", stage="write", error="x", content_hash="")
    graph.writer(LATER, RELATIONS).record_failures([failure], at="2026-02-01T00:00:00Z")

    upsert(graph, replace(one, document=replace(one.document, index="second")))

    assert graph.known(["tests:1"])["tests:1"].index == "second"
    assert graph.failures_of(["tests:1"]) == {}


def test_entities_that_another_document_described_otherwise_are_set_right(graph: Graph) -> None:
    first = described(extraction(1), "old")
    upsert(graph, first)
    upsert(graph, described(extraction(2), "new"))
    assert graph.find("wikidata:Q1")[0].description == "new wikidata:Q1"

    upsert(graph, first)

    assert graph.find("wikidata:Q1")[0].description == "old wikidata:Q1"


def test_documents_that_disagree_in_one_batch_come_to_rest(graph: Graph, sent: list[str]) -> None:
    batch = [described(extraction(1), "old"), described(extraction(2), "new")]
    upsert(graph, *batch)
    before = snapshot(graph)
    sent.clear()

    upsert(graph, *batch)

    assert diff(before, snapshot(graph)) == []
    assert "update_entities" not in sent


def test_a_document_that_came_back_is_written(graph: Graph) -> None:
    upsert(graph, extraction(1), extraction(2))
    before = snapshot(graph)
    graph.writer(LATER, RELATIONS).retract(["tests:1"])

    upsert(graph, extraction(1), extraction(2))

    assert diff(before, snapshot(graph)) == []


def test_an_older_graph_without_digests_gets_them(database: Database, graph: Graph) -> None:
    upsert(graph, extraction(1))
    before = snapshot(graph)
    database.run("MATCH (d:Document) REMOVE d.digest")

    upsert(graph, extraction(1))

    assert diff(before, snapshot(graph)) == []
    assert database.run("MATCH (d:Document) RETURN count(d.digest) AS n") == [{"n": 1}]


def test_a_changed_document_keeps_the_evidence_that_stays(
    database: Database, graph: Graph, sent: list[str]
) -> None:
    stays, goes = ("wikidata:Q1", "P19", "wikidata:Q2"), ("wikidata:Q1", "P131", "wikidata:Q2")
    comes = ("wikidata:Q2", "P22", "wikidata:Q1")
    upsert(graph, extraction(1, triples=[stays, goes]))
    sent.clear()

    report = upsert(graph, extraction(1, triples=[stays, comes], margin=2.0))

    moved = {name for name in sent if name.endswith("_evidence")}
    assert "delete_nodes" in sent
    assert moved == {
        "read_own_evidence",
        "read_evidence",
        "update_evidence",
        "create_evidence",
    }
    assert (report.edges_new, report.edges_changed, report.edges_removed) == (1, 1, 1)
    found = database.run(
        "MATCH (v:Evidence)-[:FROM]->(:Document) "
        "RETURN v.relation AS relation, v.margin AS margin ORDER BY relation"
    )
    assert found == [{"relation": "P19", "margin": 2.0}, {"relation": "P22", "margin": 2.0}]


def test_a_changed_document_looks_for_the_edges_of_before_only(
    graph: Graph, sent: list[str]
) -> None:
    upsert(graph, extraction(1))
    assert "read_edges" not in sent
    upsert(graph, extraction(2))
    assert "read_edges" in sent
