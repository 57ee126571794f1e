"""Edges under another setting, and edges that version 0.1 wrote: as in a clean graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.client import Graph
from graph.driver.turns import FOLLOWED_VERSION
from graph.errors import GraphRejected
from graph.model.records import Champion, Correction, RunInfo
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

NEXT = replace(RUN, id="run-2")
STATUSES = "MATCH (:Entity)-[r]->(:Entity) RETURN r.status AS status, count(r) AS edges"
LEFT_BEHIND = "MATCH (:Entity)-[r]->(:Entity) WHERE r.status = 'possible' AND r.probability >= 0.2"
AS_BEFORE = (
    "MATCH (v:Evidence) REMOVE v.link_confidence",
    "MATCH (h:Entity)-[r]->(:Entity) WHERE r.status IN ['asserted', 'possible'] "
    "SET r.status = 'asserted', r.probability = 0.99",
    f"MATCH (s:Schema) SET s.version = {FOLLOWED_VERSION}",
)
"""What makes a graph one of version 0.1."""


def verdict(of: str) -> Correction:
    return Correction(
        head="wikidata:Q1",
        relation="P19",
        tail="wikidata:Q2",
        verdict=of,
        by="me",
        at="2026-02-01T00:00:00Z",
    )


def filled(graph: Graph, above: float) -> None:
    """Write documents and a verdict under a setting."""
    champion = Champion(RUN.checkpoint, RELATIONS, above)
    writer = graph.writer(RUN, RELATIONS, assert_above=above)
    writer.start_run()
    assert list(writer.follow_setting()) == [], "there is no edge yet"
    writer.upsert([*random_corpus(30, 5), extraction(31, probability=0.9)])
    graph.verdicts(champion).store([verdict("rejected")])


def followed(graph: Graph, above: float, *, run: RunInfo = NEXT, batch: int = 7) -> int:
    """Begin a run under a setting; return how many edges changed before it read anything."""
    writer = graph.writer(run, RELATIONS, assert_above=above, batch_documents=batch)
    writer.start_run()
    return sum(each.edges_changed for each in writer.follow_setting())


def statuses(database: Database) -> dict[str, int]:
    return {row["status"]: row["edges"] for row in database.run(STATUSES)}


def test_a_run_under_another_setting_leaves_what_a_clean_one_would(
    database: Database, graph: Graph
) -> None:
    filled(graph, 0.5)
    before = statuses(database)
    assert before["asserted"] > 0
    assert before["possible"] > 0
    assert before["rejected"] == 1
    changed = followed(graph, 0.2)
    after = statuses(database)
    assert changed == after["asserted"] - before["asserted"] > 0
    assert after["rejected"] == 1
    assert graph.counts()["possible"] == after.get("possible", 0)
    assert followed(graph, 0.2, run=replace(RUN, id="run-3")) == 0
    found = snapshot(graph)

    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    filled(graph, 0.2)
    assert diff(found, snapshot(graph)) == []


def test_a_run_that_was_stopped_while_it_followed_leaves_the_rest_to_the_next(
    graph: Graph,
) -> None:
    filled(graph, 0.5)
    writer = graph.writer(NEXT, RELATIONS, assert_above=0.2, batch_documents=3)
    writer.start_run()
    first = next(each for each in writer.follow_setting() if each.edges_changed)
    rest = followed(graph, 0.2, run=replace(RUN, id="run-3"))
    assert rest > 0
    assert first.edges_changed > 0
    assert graph.query(f"{LEFT_BEHIND} RETURN count(r) AS edges") == [{"edges": 0}]


def test_a_verdict_under_another_setting_is_noticed(graph: Graph) -> None:
    filled(graph, 0.5)
    champion = Champion(RUN.checkpoint, RELATIONS, 1.0)
    assert graph.verdicts(champion).withdraw("wikidata:Q1", "P19", "wikidata:Q2")
    before = snapshot(graph)
    [edge] = graph.edges([("wikidata:Q1", "P19", "wikidata:Q2")])
    assert edge.status == "possible"
    followed(graph, 0.5)
    [edge] = graph.edges([("wikidata:Q1", "P19", "wikidata:Q2")])
    assert edge.status == ("asserted" if edge.probability >= 0.5 else "possible")
    assert len(diff(before, snapshot(graph))) <= 1


def test_a_graph_of_version_0_1_is_read_and_followed_on(database: Database, graph: Graph) -> None:
    filled(graph, 0.5)
    expected = snapshot(graph)
    for statement in AS_BEFORE:
        database.run(statement)
    [edge, *_] = graph.edges_between("wikidata:Q1", "wikidata:Q2")
    assert edge.evidence[0].link_confidence == 1.0, "it says nothing else"
    with pytest.raises(GraphRejected, match="factloom setup takes it over"):
        graph.writer(RUN, RELATIONS).upsert([extraction(1)])

    graph.ensure_schema()
    assert followed(graph, 0.5) > 0
    assert diff(expected, snapshot(graph)) == []
    assert followed(graph, 0.5, run=replace(RUN, id="run-3")) == 0
