"""Each query of docs/how-to/cookbook.md answers on the sample graph, and shows no rejected edge."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from graph.client import Graph
from graph.reading.neighbourhood import MAX_EVIDENCE, neighbourhood
from graph.reading.queries import alike
from tests.integration.graph.conftest import SERVERS, Database
from tests.sample_graph import FIRST_RUN, ROOT, SECOND_RUN, relations, sample_extractions

pytestmark = pytest.mark.integration

COOKBOOK = (ROOT / "docs" / "how-to" / "cookbook.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```cypher\n(.*?)```", COOKBOOK, flags=re.DOTALL)
OF_EDGES = [cypher for cypher in QUERIES if "status" in cypher]
ASKING_FOR_POSSIBLE = [each for each in OF_EDGES if "= 'possible'" in each or "<> 'rej" in each]
CONFIRM = "MATCH (:Entity {name: 'Clara Schumann'})-[r:SPOUSE]->(:Entity) SET r.status = $status"
EVIDENCE = "(v:Evidence {document: d.id})"
HEAD, TAIL = "(h:Entity {id: v.head})", "(t:Entity {id: v.tail})"
NAMES = "RETURN h.name AS head, t.name AS tail LIMIT 5"
JOINED_BY_IDS = [
    f"MATCH (v:Evidence) MATCH {HEAD} MATCH {TAIL} {NAMES}",
    f"MATCH (d:Document {{source: 'samples'}}) MATCH {EVIDENCE} MATCH {HEAD} MATCH {TAIL} {NAMES}",
    "/* of some documents */ MATCH (d:Document) WHERE d.id STARTS WITH 'samples:m' "
    f"MATCH {EVIDENCE} MATCH {HEAD} MATCH {TAIL} {NAMES}",
    f"MATCH (d:Document {{source: 'samples'}}), {EVIDENCE}, {HEAD}, {TAIL} {NAMES}",
]
SPOUSES = "MATCH (h:Entity)-[r:SPOUSE]->(t:Entity)"
OF_SPOUSES = "(v:Evidence {head: h.id, relation: r.id, tail: t.id})"
IDS = "RETURN v.id AS id ORDER BY id"
READ_IN_BRACES = [
    f"{SPOUSES} MATCH {OF_SPOUSES} {IDS}",
    f"{SPOUSES}, {OF_SPOUSES} {IDS}",
    f"{SPOUSES} OPTIONAL MATCH {OF_SPOUSES} {IDS}",
    f"{SPOUSES} WHERE h.name STARTS WITH 'Cl' OR true MATCH {OF_SPOUSES} {IDS}",
    f"{SPOUSES} MATCH (v:Evidence {{edge: h.id + '|' + r.id + '|' + t.id}}) {IDS}",
    f"CALL {{ {SPOUSES} MATCH {OF_SPOUSES} RETURN v }} {IDS}",
    "MATCH (h:Entity) WHERE EXISTS { MATCH (h)-[r:SPOUSE]->(t) MATCH " + OF_SPOUSES + " RETURN v } "
    f"MATCH (v:Evidence {{head: h.id, relation: 'P26'}}) {IDS}",
    f"{SPOUSES.replace('[r:', '[`r r`:')} MATCH {OF_SPOUSES.replace('r.id', '`r r`.id')} {IDS}",
]
SET_ALL = "MATCH (:Entity)-[r]->(:Entity) SET r.status = $status"
READ_ALL = (
    "MATCH (h:Entity)-[r]->(t:Entity) WHERE r.status <> '' "
    "RETURN h.id AS head, r.id AS relation, t.id AS tail, r.status AS status"
)
PUT_BACK = (
    "UNWIND $rows AS row MATCH (h:Entity {id: row.head}) MATCH (t:Entity {id: row.tail}) "
    "WITH row, h, t MATCH (h)-[r]->(t) WHERE r.id = row.relation SET r.status = row.status"
)


@pytest.fixture(scope="module", params=SERVERS)
def sampled(request: pytest.FixtureRequest) -> Iterator[tuple[Database, Graph]]:
    """Return the sample graph: written in two runs, one of its edges confirmed."""
    database = Database(request.getfixturevalue(f"{request.param}_server"))
    database.run("MATCH (n) DETACH DELETE n")
    extractions = sample_extractions()
    with database.connect() as graph:
        graph.ensure_schema()
        for run, part in ((FIRST_RUN, extractions[:30]), (SECOND_RUN, extractions[30:])):
            writer = graph.writer(run, relations())
            writer.start_run()
            writer.upsert(part)
        database.run(CONFIRM, status="confirmed")
        yield database, graph
    database.close()


def test_every_query_answers(sampled: tuple[Database, Graph]) -> None:
    _, graph = sampled
    assert len(QUERIES) > 15
    silent = [cypher for cypher in QUERIES if not graph.query(cypher)]
    assert silent == []


def test_no_query_shows_rejected_edges(sampled: tuple[Database, Graph]) -> None:
    database, graph = sampled
    assert len(OF_EDGES) > 15
    before = database.run(READ_ALL)
    database.run(SET_ALL, status="rejected")
    try:
        shown = [cypher for cypher in OF_EDGES if graph.query(cypher)]
    finally:
        database.run(PUT_BACK, rows=before)
    assert shown == []


def test_possible_edges_are_shown_only_where_they_are_asked_for(
    sampled: tuple[Database, Graph],
) -> None:
    database, graph = sampled
    before = database.run(READ_ALL)
    database.run(SET_ALL, status="possible")
    try:
        shown = [cypher for cypher in OF_EDGES if graph.query(cypher)]
    finally:
        database.run(PUT_BACK, rows=before)
    assert shown == ASKING_FOR_POSSIBLE
    assert len(shown) == 4


def test_every_query_of_edges_asks_for_their_status() -> None:
    """So that the test above sees them all."""
    edges = re.compile(r"-\[(?!:?\w*:?(?:MENTIONED_IN|FROM)\b)[^\]]*\]-")
    assert [cypher for cypher in QUERIES if edges.search(cypher) and cypher not in OF_EDGES] == []


@pytest.mark.parametrize("cypher", JOINED_BY_IDS)
def test_evidence_joined_by_ids_answers(sampled: tuple[Database, Graph], cypher: str) -> None:
    """The embedded server took `Entity` for empty, and began with all pairs of entities."""
    _, graph = sampled
    assert len(graph.query(cypher)) == 5


def test_what_keeps_the_server_from_products_changes_no_answer(
    sampled: tuple[Database, Graph],
) -> None:
    database, _ = sampled
    if not database.embedded:
        pytest.skip("Neo4j needs no such help")
    cypher = f"MATCH (d:Document {{source: 'samples'}}), {EVIDENCE} RETURN *"
    plain, helped = (
        {(each["d"]["id"], each["v"]["id"]) for each in database.run(f"{before}{cypher}")}
        for before in ("", "WITH * ")
    )
    assert plain == helped != set()
    assert {each for row in database.run(f"WITH * {cypher}") for each in row} == {"d", "v"}


@pytest.mark.parametrize("cypher", READ_IN_BRACES)
def test_a_relationship_that_is_read_only_in_braces_is_loaded(
    sampled: tuple[Database, Graph], cypher: str
) -> None:
    """The embedded server took its properties for missing, and found nothing."""
    database, graph = sampled
    of_spouses = database.run(f"MATCH (v:Evidence {{relation: 'P26'}}) {IDS}")
    assert [each["id"] for each in graph.query(cypher)] == [each["id"] for each in of_spouses] != []


def test_names_that_begin_alike_are_offered(sampled: tuple[Database, Graph]) -> None:
    _, graph = sampled
    assert graph.find("Mari Curi") == []
    assert alike(graph.read, "Mari Curi", 5)[0].name == "Marie Curie"
    assert alike(graph.read, "Qxz", 5) == []
    assert len(alike(graph.read, "Mar", 2)) == 2


def test_a_neighbourhood_is_what_is_so_many_edges_away(sampled: tuple[Database, Graph]) -> None:
    _, graph = sampled
    [curie] = graph.find("Marie Curie")
    one = neighbourhood(graph.read, curie, depth=1, limit=1_000)
    assert all(curie.id in (edge.head, edge.tail) for edge in one.edges)
    assert len(one.edges) == one.edges_of_centre > 5
    assert {entity.id for entity in one.entities} == {
        end for edge in one.edges for end in (edge.head, edge.tail)
    }
    assert all(edge.evidence for edge in one.edges)
    assert not one.more

    two = neighbourhood(graph.read, curie, depth=2, limit=1_000)
    assert two.edges[: len(one.edges)] == one.edges
    near = {entity.id for entity in one.entities}
    assert all({edge.head, edge.tail} & near for edge in two.edges)
    assert len({(edge.head, edge.relation, edge.tail) for edge in two.edges}) == len(two.edges)


def test_possible_edges_are_around_an_entity_where_they_are_asked_for(
    sampled: tuple[Database, Graph],
) -> None:
    _, graph = sampled
    [hub] = graph.find("wikidata:Q145")
    shown = neighbourhood(graph.read, hub, depth=1, limit=1_000)
    whole = neighbourhood(graph.read, hub, depth=1, limit=1_000, possible=True)
    hidden = {edge for edge in whole.edges if edge.status == "possible"}
    assert set(whole.edges) - hidden == set(shown.edges)
    assert len(hidden) == shown.possible_of_centre == whole.possible_of_centre > 0
    assert len(whole.edges) == whole.edges_of_centre > shown.edges_of_centre == len(shown.edges)


def test_a_hub_is_cut_at_its_best_edges(sampled: tuple[Database, Graph]) -> None:
    _, graph = sampled
    [hub] = graph.find("wikidata:Q145")
    whole = neighbourhood(graph.read, hub, depth=1, limit=1_000)
    cut = neighbourhood(graph.read, hub, depth=3, limit=7)
    assert cut.more
    assert cut.edges == whole.edges[:7]
    assert cut.edges_of_centre == whole.edges_of_centre > 7
    assert min(edge.probability for edge in cut.edges) >= whole.edges[7].probability
    assert len(neighbourhood(graph.read, hub, depth=2, limit=60).edges) == 60


def test_people_come_before_probabilities(sampled: tuple[Database, Graph]) -> None:
    _, graph = sampled
    [clara] = graph.find("Clara Schumann")
    shown = neighbourhood(graph.read, clara, depth=1, limit=3)
    assert shown.edges[0].status == "confirmed"


def test_evidence_of_a_page_is_bounded_and_its_own_checkpoints_comes_first(
    sampled: tuple[Database, Graph],
) -> None:
    database, graph = sampled
    [curie] = graph.find("Marie Curie")
    edge = neighbourhood(graph.read, curie, depth=1, limit=1).edges[0]
    key = f"{edge.head}|{edge.relation}|{edge.tail}"
    [stored] = database.run("MATCH (v:Evidence {edge: $edge}) RETURN properties(v) AS v", edge=key)
    copies = [
        stored["v"] | {"id": f"copy-{n}", "copy": True, "checkpoint": "other@1", "margin": 99.0 + n}
        for n in range(1, 10)
    ]
    database.run(
        "UNWIND $rows AS r MATCH (d:Document {id: r.document}) CREATE (v:Evidence {id: r.id}) "
        "SET v = r CREATE (v)-[:FROM]->(d)",
        rows=copies,
    )
    try:
        [shown] = neighbourhood(graph.read, curie, depth=1, limit=1).edges
    finally:
        database.run("MATCH (c:Evidence {copy: true}) DETACH DELETE c")
    assert len(shown.evidence) == MAX_EVIDENCE
    assert shown.evidence[0].checkpoint == shown.checkpoint
    assert [each.margin for each in shown.evidence[1:]] == [108.0, 107.0, 106.0, 105.0]
