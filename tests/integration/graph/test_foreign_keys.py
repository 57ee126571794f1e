"""Keys that a user's nodes took: refused by name, and the nodes left as they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.client import Graph
from graph.driver.turns import FOLLOWED_VERSION, SCHEMA_VERSION
from graph.errors import GraphRejected
from graph.model.records import Champion
from graph.reading.snapshot import diff, snapshot
from graph.writing.corrections import correction_id
from tests.integration.graph.conftest import Database
from tests.integration.graph.foreign import CHAMPION, CURSOR, FAILURE, LATER, nodes, verdict, write
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration


JUDGED = correction_id("wikidata:Q1|P19|wikidata:Q2")


TAKEN: dict[str, tuple[str, Callable[[Graph], object]]] = {
    "Document with the id 'tests:3'": (
        "CREATE (:Document {id: 'tests:3', notes: 'mine'})",
        lambda graph: graph.writer(RUN, RELATIONS).upsert([extraction(3)]),
    ),
    "Entity with the id 'nil:tea'": (
        "CREATE (:Entity {id: 'nil:tea', notes: 'mine'})",
        lambda graph: graph.writer(RUN, RELATIONS).upsert(
            [extraction(4, entities=["nil:tea"], triples=[])]
        ),
    ),
    "FailedDocument with the id 'tests:3'": (
        "CREATE (:FailedDocument {id: 'tests:3', attempts: 7})",
        lambda graph: graph.writer(RUN, RELATIONS).record_failures(
            [FAILURE], at="2026-02-01T00:00:00Z"
        ),
    ),
    f"Correction with the id '{JUDGED}'": (
        f"CREATE (:Correction {{id: '{JUDGED}', note: 'mine'}})",
        lambda graph: graph.verdicts(Champion(CHAMPION, RELATIONS)).store([verdict()]),
    ),
    "Run with the id 'run-2'": (
        "CREATE (:Run {id: 'run-2', miles: 26})",
        lambda graph: graph.writer(LATER, RELATIONS).start_run(),
    ),
    "Cursor with the source 'tests'": (
        "CREATE (:Cursor {source: 'tests', page: 7})",
        lambda graph: graph.writer(RUN, RELATIONS).move_cursor("tests", CURSOR),
    ),
}
"""What a refusal names -> the user's node, and the write that would take it over."""


VERSION_0_1 = (
    "CREATE CONSTRAINT schema_version IF NOT EXISTS FOR (n:Schema) REQUIRE n.version IS UNIQUE"
)


def unturned(found: list[str]) -> list[str]:
    """Leave out our Writer, whose turns go up."""
    return [each for each in found if '"turn"' not in each]


def test_a_key_that_a_user_took_later_is_refused_and_the_node_left(
    database: Database, graph: Graph
) -> None:
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(RUN, RELATIONS).upsert([extraction(1)])
    for create, _ in TAKEN.values():
        database.run(create)
    before = nodes(database)

    for named, (_, write_it) in TAKEN.items():
        with pytest.raises(GraphRejected, match=named):
            write_it(graph)
    assert graph.cursor("tests") is None
    graph.writer(RUN, RELATIONS).forget_cursor("tests")
    graph.writer(RUN, RELATIONS).retract(["tests:3"])
    graph.writer(RUN, RELATIONS).set_index({"tests:3": "other"})

    assert unturned(nodes(database)) == unturned(before)
    graph.writer(RUN, RELATIONS).upsert([extraction(2)])


def test_a_graph_of_version_0_1_is_taken_over(database: Database, graph: Graph) -> None:
    write(graph)
    before = snapshot(graph)
    database.run("MATCH (n) WHERE n:Writer OR n:Schema REMOVE n.id")
    database.run("MATCH (s:Schema) SET s.version = $version", version=FOLLOWED_VERSION)
    database.run("CREATE (:Writer {run: 'run-1', started_at: 'then'})")
    database.run("CREATE (:Schema {version: 7})")
    database.run(VERSION_0_1)

    graph.ensure_schema()

    assert diff(before, snapshot(graph)) == []
    graph.writer(RUN, RELATIONS).upsert([extraction(2)])
    found = database.run("MATCH (w:Writer) WHERE w.id IS NOT NULL RETURN w.id AS id, w.run AS run")
    assert found == [{"id": "factloom", "run": "run-1"}]
    assert graph.read("read_schema") == [{"version": SCHEMA_VERSION}]
    database.run("UNWIND [7, 7] AS version CREATE (:Schema {version: version})")


def test_a_label_of_ours_holds_no_entity(database: Database, graph: Graph) -> None:
    before = unturned(nodes(database))
    graph.writer(RUN, RELATIONS).upsert([extraction()])
    database.run("MATCH (e:Entity {id: 'wikidata:Q1'}) SET e:Misc")
    graph.writer(RUN, RELATIONS).retract(["tests:1"])
    assert unturned(nodes(database)) == before


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE (:Entity {id: 'wikidata:Q1'})", "1 Entity like 'wikidata:Q1'"),
        ("UNWIND [1, 2] AS i CREATE (:Document {id: 'same'})", "2 Document like 'same'"),
        ("CREATE (:Evidence {id: 'e', edge: 'a|b|c'})", "1 Evidence like 'e'"),
        ("CREATE (:Writer {id: 'factloom', turn: 3})", "1 Writer like 'factloom'"),
        ("CREATE (:Cursor {source: 'tests', page: 7})", "1 Cursor like 'tests'"),
    ],
)
def test_what_would_pass_for_ours_is_refused_by_name(
    database: Database, statement: str, named: str
) -> None:
    # A constraint outlives the emptying of the test database.
    database.run("DROP CONSTRAINT document_id IF EXISTS")
    database.run(statement)
    with database.connect() as graph, pytest.raises(GraphRejected, match="of its own") as refused:
        graph.ensure_schema()
    assert named in str(refused.value)
    database.run("MATCH (n) DETACH DELETE n")
    with database.connect() as graph:
        graph.ensure_schema()
