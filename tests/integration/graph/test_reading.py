"""What can be asked, and that asking changes nothing, on both servers."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from neo4j.exceptions import Neo4jError

from graph.client import Graph, connect
from graph.errors import GraphRejected, GraphUnavailable, QueryTooLong, WriteRefused
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.integration.graph.conftest import Database
from tests.servers.neo4j import free_port
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

REFUSED = {
    "MATCH (n:Entity)\nRETRUN n": r"'RETRUN'.*line 2, column \d.*\n.*RETRUN n\"?\n *\^",
    "MATCH (n:Entity)\nRETURN n.name AS name,, n.id": "(?=.*',')(?=.*line 2)",
    "RETURN no_function(1)": "'no_function'",
    "RETURN toInteger([1])": r"toInteger\(\)",
    "RETURN $missing": "missing",
    "CALL no.such.procedure()": "no.such.procedure",
}
"""Queries that a server refuses -> how it says what is wrong, and where, as far as it says that."""


def test_queries_answer_with_parameters(graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction()])
    cypher = "MATCH (h:Entity)-[:PLACE_OF_BIRTH]->(t) WHERE h.id = $head RETURN t.name AS name"
    assert graph.query(cypher, head="wikidata:Q1") == [{"name": "Name 2"}]


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Entity {id: 'x'}) RETURN n",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n:Entity) SET n.name = 'x'",
        "MATCH (n:Entity) REMOVE n.name",
        "DROP CONSTRAINT entity_id",
        "CREATE INDEX x FOR (n:Entity) ON (n.x)",
        "FOREACH (x IN [1] | CREATE (:Entity))",
        "UNWIND [1] AS x CALL { CREATE (n:Entity) } IN TRANSACTIONS RETURN x",
        "/* MATCH */ mErGe (n:Entity {id: 'x'})",
        "CALL do.when(true, 'MATCH (n) DETACH DELETE n RETURN 1', 'RETURN 1', {})",
        "CALL apoc.merge.node(['Entity'], {id: 'x'}) YIELD node RETURN node",
        "CALL `merge`.`node`(['Entity'], {id: 'x'}) YIELD node RETURN node",
        "MATCH (a:Entity), (b:Entity) CALL refactor.mergeNodes([a, b]) YIELD node RETURN node",
        r"L\u004FAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
        r"T\u0045RMINATE TR\u0041NSACTIONS 'neo4j-transaction-1'",
    ],
)
def test_queries_that_write_are_refused(graph: Graph, cypher: str) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction()])
    before = snapshot(graph)
    indexes = graph.query("SHOW CONSTRAINTS YIELD name RETURN name")

    with pytest.raises(WriteRefused):
        graph.query(cypher)

    assert diff(before, snapshot(graph)) == []
    assert graph.query("SHOW CONSTRAINTS YIELD name RETURN name") == indexes


def test_a_misspelt_clause_is_named(graph: Graph) -> None:
    with pytest.raises(WriteRefused, match="RETRUN, which is misspelt"):
        graph.query("MATCH (n:Entity)\nRETRUN n")


def test_a_refused_query_tells_the_reason_and_the_place(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the servers say, of what is looked at before it is sent as well."""
    monkeypatch.setattr("graph.driver.connection.refuse_writes", lambda cypher: None)
    for cypher, told in REFUSED.items():
        with pytest.raises(GraphRejected) as refused:
            graph.query(cypher)
        assert re.search(told, str(refused.value), re.DOTALL), str(refused.value)
        assert "neo4j_code" not in str(refused.value)  # the driver's own form of it


def test_an_answer_too_large_tells_the_limit(embedded_server: EmbeddedServer) -> None:
    """What the server finds out while it runs it kept to its log."""
    database = Database(embedded_server)
    with database.connect() as graph, pytest.raises(GraphRejected, match="500000"):
        graph.query("UNWIND range(1, 600000) AS n RETURN size(collect(n)) AS n")
    database.close()


WRITING = (
    *("CREATE (:Entity {id: 'x'})", "MERGE (:Entity {id: 'x'})", "CREATE (:Fresh {id: 'x'})"),
    *("MATCH (n:Entity) SET n.name = 'x'", "MATCH (n:Entity) REMOVE n.name"),
    *("MATCH (n) DETACH DELETE n", "MATCH (n:Entity) SET n:Fresh"),
    *("MATCH (a:Document), (b:Document) CREATE (a)-[:FRESH]->(b)", "DROP CONSTRAINT entity_id"),
    *("CREATE INDEX x FOR (n:Entity) ON (n.x)", "CREATE USER x SET PASSWORD 'longenough1'"),
    "CALL do.when(true, 'MATCH (n) DETACH DELETE n RETURN 1', 'RETURN 1', {}) YIELD value RETURN 1",
    "CALL apoc.merge.node(['Entity'], {id: 'x'}) YIELD node RETURN node",
    "CALL `merge`.`node`(['Entity'], {id: 'x'}) YIELD node RETURN node",
    "MATCH (a:Entity), (b:Entity) WHERE a.id < b.id CALL refactor.mergeNodes([a, b]) YIELD node "
    "RETURN node",
    "MATCH (a:Entity) CALL refactor.cloneNodesWithRelationships([a]) YIELD output RETURN output",
    "UNWIND [1] AS x CALL { CREATE (:Entity {id: 'x'}) } IN TRANSACTIONS RETURN x",
)


def test_the_server_itself_keeps_readers_from_writing(database: Database, graph: Graph) -> None:
    """Whatever the program lets through: nothing of this is looked at before it is sent."""
    graph.writer(RUN, RELATIONS).upsert([extraction()])
    database.run("CREATE (:JustMade {id: 'x'})")
    before, names = snapshot(graph), "SHOW CONSTRAINTS YIELD name RETURN name"
    constraints = graph.query(names)

    for cypher in (*WRITING, "MATCH (n:JustMade) SET n.id = 'y'", "CREATE (:JustMade)"):
        with suppress(Neo4jError):  # one answers null instead, and writes nothing either
            database.run_as_reader(cypher)

    assert diff(before, snapshot(graph)) == []
    assert graph.query(names) == constraints
    assert database.run_as_reader("MATCH (n:Entity) RETURN count(n) AS n") != [{"n": 0}]


def test_the_embedded_server_reads_no_file_and_no_address_for_anybody(database: Database) -> None:
    if not database.embedded:
        pytest.skip("Neo4j's users may: its settings decide, and what the program sends")
    for address in ("file:///etc/passwd", "http://127.0.0.1:1/"):
        with pytest.raises(Neo4jError):
            database.run(f"LOAD CSV FROM '{address}' AS row RETURN row")


def test_the_server_ends_a_query_at_its_limit(database: Database) -> None:
    endless = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*) AS rows"
    with database.reader(1) as reader:
        with pytest.raises(QueryTooLong, match=r"1 s.*--timeout"):
            reader.query(endless)
        assert reader.query("RETURN 1 AS one") == [{"one": 1}]
    running = database.run("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery AS cypher")
    assert endless not in [each["cypher"] for each in running]


def test_an_answer_is_read_as_it_comes(database: Database) -> None:
    with database.reader(60) as reader:
        rows = reader.rows("UNWIND range(1, 1000000) AS x RETURN x")
        assert next(rows) == {"x": 1}
        rows.close()


def test_entities_are_found_by_id_name_and_alias(database: Database, graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction()])
    database.run("MATCH (e:Entity {id: 'wikidata:Q1'}) SET e.former_ids = ['nil:old']")
    for name in ("wikidata:Q1", "nil:old", "NÁME 1", "name 1 the known"):
        assert [entity.id for entity in graph.find(name)] == ["wikidata:Q1"], name
    assert graph.find("nobody") == []


def test_both_servers_give_one_graph(
    database: Database, graph: Graph, request: pytest.FixtureRequest
) -> None:
    """Each server leaves its digest; the second must find the first's."""
    graph.writer(RUN, RELATIONS, batch_documents=9).upsert(random_corpus(40, 12))
    digests: dict[str, str] = request.config.stash.setdefault(DIGESTS, {})
    digests[request.node.callspec.params["database"]] = snapshot(graph).digest()
    assert len(set(digests.values())) == 1


DIGESTS = pytest.StashKey[dict[str, str]]()


def test_a_graph_of_another_schema_is_refused(database: Database, graph: Graph) -> None:
    database.run("MATCH (s:Schema) SET s.version = 999")
    with pytest.raises(GraphRejected, match="999"):
        graph.ensure_schema()


def test_nothing_listening_is_a_reason_to_try_again() -> None:
    with pytest.raises(GraphUnavailable):
        connect(f"bolt://127.0.0.1:{free_port()}", username="x", password="x", database="x")
