"""What can be asked, and that asking changes nothing, on both servers."""

from __future__ import annotations

import re

import pytest

from graph.client import Graph, connect
from graph.errors import GraphRejected, GraphUnavailable, WriteRefused
from graph.server import EmbeddedServer
from graph.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.servers.neo4j import free_port
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

REFUSED = {
    "MATCH (n:Entity)\nRETRUN n": r"'RETRUN'.*line 2, column \d.*\n.*RETRUN n\"?\n *\^",
    "MATCH (n:Entity)\nRETURN n.name AS name,, n.id": "','.*line 2",
    "RETURN no_function(1)": "'no_function'",
    "RETURN toInteger([1])": r"toInteger\(\)",
    "RETURN $missing": "missing",
    "CALL no.such.procedure()": "no.such.procedure",
}
"""Queries that a server refuses -> how it says what is wrong, and where, as far as it says that."""


def test_queries_answer_with_parameters(graph: Graph) -> None:
    graph.upsert([extraction()], run=RUN, relations=RELATIONS)
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
    ],
)
def test_queries_that_write_are_refused(graph: Graph, cypher: str) -> None:
    graph.upsert([extraction()], run=RUN, relations=RELATIONS)
    before = snapshot(graph)
    indexes = graph.query("SHOW CONSTRAINTS YIELD name RETURN name")

    with pytest.raises(WriteRefused):
        graph.query(cypher)

    assert diff(before, snapshot(graph)) == []
    assert graph.query("SHOW CONSTRAINTS YIELD name RETURN name") == indexes


def test_a_refused_query_tells_the_reason_and_the_place(graph: Graph) -> None:
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


def test_entities_are_found_by_id_name_and_alias(database: Database, graph: Graph) -> None:
    graph.upsert([extraction()], run=RUN, relations=RELATIONS)
    database.run("MATCH (e:Entity {id: 'wikidata:Q1'}) SET e.former_ids = ['nil:old']")
    for name in ("wikidata:Q1", "nil:old", "NÁME 1", "name 1 the known"):
        assert [entity.id for entity in graph.find(name)] == ["wikidata:Q1"], name
    assert graph.find("nobody") == []


def test_both_servers_give_one_graph(
    database: Database, graph: Graph, request: pytest.FixtureRequest
) -> None:
    """Each server leaves its digest; the second must find the first's."""
    graph.upsert(random_corpus(40, 12), run=RUN, relations=RELATIONS, batch_documents=9)
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
