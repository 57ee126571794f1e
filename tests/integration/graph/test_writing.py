"""What writing documents leaves behind, on both servers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractor.errors import DocumentRejected
from extractor.relations import RelationVocabulary
from extractor.schema import Extraction
from graph.client import Graph
from graph.errors import GraphRejected
from graph.model.edges import Evidence, edge_properties
from graph.model.records import Champion, UpsertReport
from graph.reading.snapshot import Snapshot, diff, snapshot
from graph.writing import documents
from tests.integration.graph.conftest import Database
from tests.seeds import seeds
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

BIRTH = ("wikidata:Q1", "P19", "wikidata:Q2")
STUDY = ("wikidata:Q1", "P69", "wikidata:Q3")


def upsert(graph: Graph, extractions: Sequence[Extraction], batch: int = 500) -> UpsertReport:
    return graph.writer(RUN, RELATIONS, batch_documents=batch).upsert(extractions)


def fresh(database: Database, graph: Graph, extractions: Sequence[Extraction]) -> Snapshot:
    """Return what a graph holds after one clean run."""
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    upsert(graph, extractions)
    return snapshot(graph)


def edges(database: Database) -> list[dict[str, object]]:
    return database.run(
        "MATCH (h:Entity)-[e]->(t:Entity) RETURN h.id AS h, type(e) AS type, t.id AS t, "
        "e.documents AS documents, e.margin AS margin ORDER BY h, type, t"
    )


def test_a_statement_becomes_an_edge_with_its_evidence(database: Database, graph: Graph) -> None:
    report = upsert(graph, [extraction(triples=[BIRTH], margin=2.5, probability=0.75)])

    assert report.edges_new == 1
    [edge] = graph.edges_between("wikidata:Q2", "wikidata:Q1")
    assert (edge.type, edge.head, edge.tail) == ("PLACE_OF_BIRTH", "wikidata:Q1", "wikidata:Q2")
    assert (edge.margin, edge.probability, edge.documents) == (2.5, 0.75, 1)
    [evidence] = edge.evidence
    assert evidence.text == "One was born in Two."
    assert evidence.head_names == ("Name 1",)
    assert evidence.tail_names == ("Name 2",)
    assert database.run("MATCH (e:Person {id: 'wikidata:Q1'}) RETURN e.type AS type") == [
        {"type": "PER"}
    ]


def test_a_document_without_statements_is_stored(database: Database, graph: Graph) -> None:
    lonely = extraction(entities=["nil:eve"], triples=[])
    silent = extraction(2, entities=[], triples=[])

    upsert(graph, [lonely, silent])

    assert graph.counts()["documents"] == 2
    assert graph.find("Eve")[0].documents == 1


def test_several_relations_of_one_pair_stay_apart(database: Database, graph: Graph) -> None:
    upsert(graph, [extraction(triples=[BIRTH, ("wikidata:Q1", "P69", "wikidata:Q2")])])

    types = [edge["type"] for edge in edges(database)]
    assert types == ["EDUCATED_AT", "PLACE_OF_BIRTH"]


@pytest.mark.parametrize("seed", seeds(1, 2))
def test_writing_twice_is_writing_once(graph: Graph, seed: int) -> None:
    corpus = random_corpus(40, seed)
    upsert(graph, corpus)
    once = snapshot(graph)

    report = upsert(graph, corpus, batch=7)

    assert diff(once, snapshot(graph)) == []
    assert once.digest() == snapshot(graph).digest()
    assert report.edges_new + report.edges_changed + report.edges_removed == 0
    assert report.entities_new + report.entities_removed == 0


@pytest.mark.parametrize("seed", seeds(3, 4))
@pytest.mark.parametrize("batch", [1, 6])
def test_neither_the_order_nor_the_batches_matter(
    database: Database, graph: Graph, seed: int, batch: int
) -> None:
    corpus = random_corpus(30, seed)
    expected = fresh(database, graph, corpus)
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()

    random.Random(seed).shuffle(corpus)
    upsert(graph, corpus, batch=batch)

    assert diff(expected, snapshot(graph)) == []


@pytest.mark.parametrize("seed", seeds(5, 6, 7))
def test_changed_documents_leave_the_graph_of_a_clean_run(
    database: Database, graph: Graph, seed: int
) -> None:
    before, after = random_corpus(30, seed), random_corpus(30, seed + 100)
    changed = [*before[:15], *after[15:]]
    expected = fresh(database, graph, changed)
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    upsert(graph, before)

    upsert(graph, after[15:], batch=4)

    assert diff(expected, snapshot(graph)) == []


def test_every_edge_is_what_its_evidence_says(database: Database, graph: Graph) -> None:
    upsert(graph, random_corpus(40, 8), batch=5)
    upsert(graph, random_corpus(20, 9), batch=5)

    evidence: dict[tuple[str, str, str], list[Evidence]] = {}
    for row in database.run(
        "MATCH (v:Evidence)-[:FROM]->(d:Document) RETURN v.head AS h, v.relation AS r, v.tail AS t,"
        " d.id AS document, v.margin AS margin, v.probability AS probability, v.text AS text,"
        " v.link_confidence AS link_confidence, v.contradicts AS contradicts,"
        " v.checkpoint AS checkpoint, d.updated_at AS updated_at, d.extracted_at AS extracted_at"
    ):
        key = (row.pop("h"), row.pop("r"), row.pop("t"))
        evidence.setdefault(key, []).append(Evidence(**row))
    champion = Champion(RUN.checkpoint, RELATIONS)
    stored = {
        (row["h"], row["e"]["id"], row["t"]): row["e"]
        for row in database.run(
            "MATCH (h:Entity)-[e]->(t:Entity) RETURN h.id AS h, properties(e) AS e, t.id AS t"
        )
    }
    assert len(stored) > 30
    assert stored == {
        key: edge_properties(key[1], rows, champion=champion) for key, rows in evidence.items()
    }


def test_a_changed_document_takes_back_only_its_own(database: Database, graph: Graph) -> None:
    one = extraction(1, triples=[BIRTH], margin=3.0)
    other = extraction(2, triples=[BIRTH], margin=1.0)
    upsert(graph, [one, other])

    upsert(graph, [extraction(1, entities=["nil:eve"], triples=[])])

    [edge] = edges(database)
    assert (edge["margin"], edge["documents"]) == (1.0, 1)


def test_what_nothing_supports_any_more_is_gone(database: Database, graph: Graph) -> None:
    entities = ["wikidata:Q1", "wikidata:Q2", "wikidata:Q3"]
    upsert(graph, [extraction(1, entities=entities, triples=[BIRTH, STUDY])])

    report = upsert(graph, [extraction(1, triples=[BIRTH])])

    assert (report.edges_removed, report.entities_removed) == (1, 1)
    assert graph.find("wikidata:Q3") == []
    assert graph.counts()["evidence"] == 1


def test_names_and_times_of_an_entity_shrink_with_its_documents(graph: Graph) -> None:
    early = extraction(1, entities=["nil:tea"], triples=[], surface=0, day=2)
    late = extraction(2, entities=["nil:tea"], triples=[], surface=2, day=9)
    upsert(graph, [early, late])
    [entity] = graph.find("nil:tea")
    assert (entity.name, entity.aliases) == ("Tea House", ("Tea Hous",))

    upsert(graph, [extraction(1, entities=["nil:eve"], triples=[])])

    [entity] = graph.find("nil:tea")
    assert (entity.name, entity.aliases) == ("Tea Hous", ())
    times = graph.query("MATCH (e:Entity {id: 'nil:tea'}) RETURN e.first_seen AS t")
    assert times == [{"t": "2026-01-09T12:00:00Z"}]


def test_the_champions_margin_wins_and_others_stay_apart(graph: Graph) -> None:
    old = replace(RUN, id="run-0", checkpoint="old@0")
    graph.writer(old, RELATIONS).upsert([extraction(1, margin=9.0)])
    upsert(graph, [extraction(2, margin=1.0)])

    [edge] = graph.edges_between("wikidata:Q1", "wikidata:Q2")
    assert (edge.margin, edge.checkpoint, edge.documents) == (1.0, RUN.checkpoint, 2)


def test_an_error_in_the_middle_leaves_nothing(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    upsert(graph, random_corpus(10, 10))
    before = snapshot(graph)

    def fail(*_: object, **__: object) -> None:
        raise GraphRejected("no")

    monkeypatch.setattr(documents, "recompute_edges", fail)
    with pytest.raises(GraphRejected):
        upsert(graph, random_corpus(10, 11))

    assert diff(before, snapshot(graph)) == []


def test_an_unknown_relation_never_becomes_a_type(graph: Graph) -> None:
    narrow = RelationVocabulary({"P22": "father"})
    with pytest.raises(DocumentRejected, match=r"tests:1.*P19"):
        graph.writer(RUN, narrow).upsert([extraction()])
    assert graph.counts()["documents"] == 0


def test_a_document_twice_in_a_batch_is_refused(graph: Graph) -> None:
    with pytest.raises(DocumentRejected, match="twice"):
        upsert(graph, [extraction(1), extraction(1)])


def test_hostile_text_is_stored_as_text(graph: Graph) -> None:
    sentence = "'}) DETACH DELETE n // `$x` \\u0027 🜁 \u202e"
    upsert(graph, [extraction(sentence=sentence)])
    [edge] = graph.edges_between("wikidata:Q1", "wikidata:Q2")
    assert edge.evidence[0].text == sentence


def test_hubs_are_written_from_either_end(database: Database, graph: Graph) -> None:
    out = [extraction(n, triples=[BIRTH, (BIRTH[2], "P131", BIRTH[0])]) for n in range(1, 4)]
    spread = [
        extraction(n, entities=["wikidata:Q2", other], triples=[(other, "P131", "wikidata:Q2")])
        for n, other in enumerate(("wikidata:Q3", "wikidata:Q4", "wikidata:Q5"), start=10)
    ]
    upsert(graph, [*out, *spread])
    assert len(edges(database)) == 5

    upsert(graph, [extraction(n, entities=[], triples=[]) for n in (1, 2, 3, 10, 11, 12)])

    assert edges(database) == []
    assert graph.counts()["entities"] == 0


def test_new_are_the_edges_whose_whole_evidence_is_of_this_run(graph: Graph) -> None:
    later = replace(RUN, id="run-2")
    upsert(graph, [extraction(1, triples=[BIRTH])])
    graph.writer(later, RELATIONS).upsert(
        [extraction(2, triples=[BIRTH]), extraction(3, triples=[STUDY], entities=[*STUDY[::2]])]
    )
    unknown = ("wikidata:Q1", "P22", "wikidata:Q2")
    assert graph.edges_of_run(later, {BIRTH, STUDY, unknown}) == {STUDY}
    assert graph.edges_of_run(RUN, {BIRTH, STUDY, unknown}) == set()
    assert graph.edges_of_run(RUN, set()) == set()


def test_edges_are_found_by_what_they_say_the_strongest_first(graph: Graph) -> None:
    upsert(graph, [extraction(9, triples=[STUDY], entities=[*STUDY[::2]])])
    weak = ("wikidata:Q2", "P131", "wikidata:Q1")
    upsert(graph, [extraction(1, triples=[weak], margin=1.0), extraction(2, margin=5.0)])

    found = graph.edges({weak, ("wikidata:Q1", "P19", "wikidata:Q2"), (weak[0], "P19", weak[2])})

    assert [(edge.relation, edge.margin) for edge in found] == [("P19", 5.0), ("P131", 1.0)]
