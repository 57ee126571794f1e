"""What a user keeps in the same database stays as it is: nodes, relationships, labels."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from extractor.schema import Extraction
from graph.client import Graph
from graph.model.records import Champion
from graph.reading.foreign import MARKERS
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.integration.graph.foreign import CHAMPION, LATER, nodes, read, verdict, write
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration


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


ADDED = """
MATCH (a)-[r]->(b)
WHERE r.margin IS NULL AND r.spans IS NULL AND NOT (type(r) = 'FROM' AND a.edge IS NOT NULL)
RETURN type(r) AS type, properties(r) AS props, a.rank AS a, b.rank AS b
"""


def added(database: Database) -> list[str]:
    """Return the relationships that a user made, each with the properties that he gave its ends."""
    return sorted(json.dumps(each, sort_keys=True) for each in database.run(ADDED))


def retyped(made: Extraction) -> Extraction:
    """Return an extraction after the entity index changed the types of its entities."""
    entities = tuple(replace(each, type="ORG") for each in made.entities)
    return replace(made, entities=entities)


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
