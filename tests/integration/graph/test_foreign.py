"""What a user keeps in the same database stays as it is: nodes, relationships, labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from extractor.schema import Extraction
from graph.client import Graph
from graph.corrections import correction_id
from graph.errors import GraphRejected
from graph.export import ExportReport, pages
from graph.export_labels import LeftOut, confident_edges, judged_documents
from graph.foreign import MARKERS
from graph.neighbourhood import neighbourhood
from graph.records import Champion, Correction, CursorState, FailureRecord
from graph.runs import SCHEMA_VERSION
from graph.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

CHAMPION = RUN.checkpoint
LATER = replace(RUN, id="run-2", checkpoint="champion@2", started_at="2026-11-24T00:00:00Z")
LABELS = ("Person", *MARKERS)
FOREIGN = [
    *(f"CREATE (:{label})" for label in LABELS),
    *(f"CREATE (:{label} {{id: 'mine', name: 'mine', version: 7}})" for label in LABELS),
    "CREATE (:Entity {id: 'mine too'})-[:KNOWS {id: 'P19'}]->(:Entity {name: 'no id'})",
    "CREATE (:Evidence {document: 'tests:1'})-[:FROM]->(:Document {name: 'mine'})",
    "CREATE (:Entity {name: 'one'})-[:MENTIONED_IN]->(:Document {name: 'mine'})",
    "CREATE (:User {name: 'me'})",
]
"""Nodes under all of our labels that are nobody's but the user's."""
TIES = [
    "MATCH (e:Entity {id: 'wikidata:Q1'}) MATCH (u:User) CREATE (u)-[:WATCHES {since: 1}]->(e) "
    "SET e.rank = 1",
    "MATCH (a:Entity {id: 'wikidata:Q1'}) MATCH (b:Entity {id: 'wikidata:Q2'}) "
    "CREATE (a)-[:LIKES {id: 'P19'}]->(b) CREATE (a)-[:PLACE_OF_BIRTH]->(b)",
    "MATCH (d:Document {id: 'tests:1'}) MATCH (u:User) CREATE (u)-[:READS]->(d) SET d.rank = 2",
    "MATCH (e:Entity {id: 'wikidata:Q2'}) MATCH (d:Document {id: 'tests:1'}) "
    "CREATE (e)-[:MENTIONED_IN {by: 'me'}]->(d)",
    "MATCH (d:Document {id: 'tests:1'}) CREATE (d)-[:FROM {page: 7}]->(:Document {name: 'cited'})",
    "MATCH (v:Evidence {document: 'tests:1'}) WHERE v.id IS NOT NULL MATCH (u:User) "
    "CREATE (u)-[:DOUBTS]->(v) SET v.rank = 3",
    "MATCH (c:Correction) WHERE c.verdict IS NOT NULL MATCH (u:User) "
    "CREATE (u)-[:MADE]->(c) SET c.rank = 4",
    "MATCH (e:Entity {id: 'wikidata:Q1'}) SET e:Mine",
    "MATCH (d:Document {id: 'tests:1'}) SET d:Mine",
]
"""What a user adds to nodes of ours."""
CURSOR = CursorState(position="1", config_hash="config")
FAILURE = FailureRecord(document="tests:3", stage="read", error="x", content_hash="")
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
OWN_NODES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS props"
ADDED = """
MATCH (a)-[r]->(b)
WHERE r.margin IS NULL AND r.spans IS NULL AND NOT (type(r) = 'FROM' AND a.edge IS NOT NULL)
RETURN type(r) AS type, properties(r) AS props, a.rank AS a, b.rank AS b
"""


def nodes(database: Database) -> list[str]:
    """Return all nodes, in an order that both servers share."""
    return sorted(
        json.dumps([sorted(each["labels"]), each["props"]], sort_keys=True)
        for each in database.run(OWN_NODES)
    )


def unturned(found: list[str]) -> list[str]:
    """Leave out our Writer, whose turns go up."""
    return [each for each in found if '"turn"' not in each]


def added(database: Database) -> list[str]:
    """Return the relationships that a user made, each with the properties that he gave its ends."""
    return sorted(json.dumps(each, sort_keys=True) for each in database.run(ADDED))


def verdict(said: str = "confirmed") -> Correction:
    return Correction(
        head="wikidata:Q1",
        relation="P19",
        tail="wikidata:Q2",
        verdict=said,
        by="me",
        at="2026-02-01T00:00:00Z",
    )


def retyped(made: Extraction) -> Extraction:
    """Return an extraction after the entity index changed the types of its entities."""
    entities = tuple(replace(each, type="ORG") for each in made.entities)
    return replace(made, entities=entities)


def write(graph: Graph) -> None:
    """Write a graph in which everything occurs."""
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(RUN, RELATIONS).upsert([extraction(1), extraction(2)])
    graph.verdicts(Champion(CHAMPION, RELATIONS)).store([verdict()])
    graph.writer(RUN, RELATIONS).record_failures([FAILURE], at="2026-02-01T00:00:00Z")
    graph.writer(RUN, RELATIONS).move_cursor("tests", CURSOR)


def change(graph: Graph) -> None:
    """Let entities change their types and ids, and another champion follow."""
    again = retyped(extraction(1, triples=[("wikidata:Q2", "P22", "wikidata:Q1")]))
    graph.writer(RUN, RELATIONS).upsert([again, retyped(extraction(2))])
    other = replace(again.entities[1], id="wikidata:Q9", mentions=())
    graph.writer(RUN, RELATIONS).rekey("wikidata:Q2", other)
    graph.writer(LATER, RELATIONS).start_run()
    graph.writer(LATER, RELATIONS).upsert([retyped(extraction(2))])
    list(graph.writer(LATER, RELATIONS).adopt_champion())


def take_out(graph: Graph) -> None:
    """Take everything out again."""
    for each in list(graph.corrections()):
        graph.verdicts(Champion(CHAMPION, RELATIONS)).withdraw(each.head, each.relation, each.tail)
    graph.writer(LATER, RELATIONS).retract(["tests:1", "tests:2"])
    graph.writer(LATER, RELATIONS).forget_failures(["tests:3"])
    graph.writer(LATER, RELATIONS).forget_cursor("tests")


def read(graph: Graph) -> dict[str, Any]:
    """Return what every reading method says."""
    [one, *_] = graph.find("wikidata:Q1")
    rows: dict[str, int] = {}
    for page in pages(graph.read, ExportReport()):
        rows[page.table.name] = rows.get(page.table.name, 0) + len(page.rows)
    around = neighbourhood(graph.read, one, depth=2, limit=10)
    judged = list(judged_documents(graph.read, confident_edges(graph.read, 0.0), LeftOut()))
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


def test_what_is_foreign_is_neither_read_nor_touched(database: Database) -> None:
    with database.connect() as graph:
        graph.ensure_schema()
        write(graph)
        alone, alone_read = snapshot(graph), read(graph)
        change(graph)
        alone_changed = snapshot(graph)

        database.run("MATCH (n) DETACH DELETE n")
        for statement in FOREIGN:
            database.run(statement)
        mine, ties = nodes(database), added(database)
        graph.ensure_schema()
        write(graph)
        assert diff(alone, snapshot(graph)) == []
        assert read(graph) == alone_read
        change(graph)
        assert diff(alone_changed, snapshot(graph)) == []
        take_out(graph)
        database.run("MATCH (n) WHERE n.id IN ['factloom', 'run-1', 'run-2'] DETACH DELETE n")
        assert (nodes(database), added(database)) == (mine, ties)


def test_what_users_add_to_our_nodes_is_left(database: Database, graph: Graph) -> None:
    database.run("CREATE (:User {name: 'me'})")
    write(graph)
    before = read(graph)
    for statement in TIES:
        database.run(statement)
    ties = added(database)
    assert len(ties) == 8
    assert read(graph) == before

    again = retyped(extraction(1, margin=3.0, day=9))
    graph.writer(RUN, RELATIONS).upsert([again, retyped(extraction(2))])
    report = graph.writer(RUN, RELATIONS).upsert([again, retyped(extraction(2))])
    graph.verdicts(Champion(CHAMPION, RELATIONS)).store([verdict("rejected")])

    assert (report.entities_new, report.edges_changed) == (0, 0)
    assert added(database) == ties
    [entity] = database.run("MATCH (e:Entity {id: 'wikidata:Q1'}) RETURN labels(e) AS labels")
    assert sorted(entity["labels"]) == ["Entity", "Mine", "Organization"]

    change(graph)
    assert added(database) == ties
    take_out(graph)
    assert added(database) == ties
    assert sum(graph.counts().values()) == 0
    held = [json.loads(each) for each in nodes(database)]
    kept = [each for each in held if each[0] in ([], ["Mine"])]
    assert all(props.keys() <= {"rank"} for _, props in kept), kept
    assert len(kept) == 5, kept


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
