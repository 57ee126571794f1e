"""What people say of edges counts, whatever documents say before and after, on both servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.schema import Entity, Extraction
from graph.client import Graph
from graph.errors import GraphRejected
from graph.model.records import Champion, Correction, UpsertReport
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

BIRTH = ("wikidata:Q1", "P19", "wikidata:Q2")
CONFIRMED = Correction(
    head=BIRTH[0],
    relation=BIRTH[1],
    tail=BIRTH[2],
    verdict="confirmed",
    by="me",
    at="2026-02-01T00:00:00Z",
)
REJECTED = replace(CONFIRMED, verdict="rejected", at="2026-02-02T00:00:00Z", note="no")


def upsert(graph: Graph, *extractions: Extraction) -> UpsertReport:
    return graph.writer(RUN, RELATIONS).upsert(extractions)


def retract(graph: Graph, *numbers: int) -> UpsertReport:
    return graph.writer(RUN, RELATIONS).retract([f"tests:{n}" for n in numbers])


def correct(graph: Graph, *corrections: Correction) -> int:
    return graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store(corrections)


def withdraw(graph: Graph, correction: Correction) -> bool:
    return graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).withdraw(
        correction.head, correction.relation, correction.tail
    )


def status(graph: Graph, head: str = BIRTH[0], tail: str = BIRTH[2]) -> list[tuple[str, int]]:
    return [(edge.status, len(edge.evidence)) for edge in graph.edges_between(head, tail)]


def retyped(made: Extraction, entity: str, type_: str, description: str) -> Extraction:
    """Return an extraction with another version of the entity index."""

    def anew(each: Entity) -> Entity:
        if each.id != entity:
            return each
        return replace(each, type=type_, name="Another", description=description)

    return replace(made, entities=tuple(map(anew, made.entities)))


def relinked(made: Extraction, old: str, new: str) -> Extraction:
    """Return an extraction in which the mentions of one entity are another's."""

    def anew(each: Entity) -> Entity:
        return replace(each, id=new, name=f"Name of {new}") if each.id == old else each

    statements = tuple(
        replace(
            each,
            head=new if each.head == old else each.head,
            tail=new if each.tail == old else each.tail,
        )
        for each in made.statements
    )
    return replace(made, entities=tuple(map(anew, made.entities)), statements=statements)


def test_a_verdict_counts_at_once_and_for_all_later_evidence(graph: Graph) -> None:
    upsert(graph, extraction(1))
    assert correct(graph, REJECTED) == 1
    assert status(graph) == [("rejected", 1)]
    upsert(graph, extraction(2), extraction(1, probability=0.9))
    assert status(graph) == [("rejected", 2)]
    assert withdraw(graph, REJECTED)
    assert status(graph) == [("asserted", 2)]
    assert not withdraw(graph, REJECTED)


def test_the_newest_verdict_on_an_edge_replaces_the_older(graph: Graph) -> None:
    upsert(graph, extraction(1))
    assert correct(graph, REJECTED, CONFIRMED) == 1
    assert correct(graph, CONFIRMED) == 0
    assert status(graph) == [("rejected", 1)]
    newest = replace(CONFIRMED, at="2026-02-03T00:00:00Z", note="after all")
    assert correct(graph, newest) == 1
    assert status(graph) == [("confirmed", 1)]
    [stored] = graph.corrections()
    assert replace(stored, head_entity="", tail_entity="") == newest


def test_a_confirmed_edge_outlives_all_documents(graph: Graph) -> None:
    upsert(graph, extraction(1), extraction(2, entities=["nil:tea"], triples=[]))
    correct(graph, CONFIRMED)
    [before] = graph.find(BIRTH[0])

    report = retract(graph, 1, 2)

    assert (report.documents_removed, report.entities_removed) == (2, 1)
    assert status(graph) == [("confirmed", 0)]
    [held] = graph.find(BIRTH[0])
    assert held == replace(before, documents=0, link_confidence=0.0)
    times = graph.query("MATCH (e:Person) RETURN e.first_seen AS a, e.last_seen AS b")
    assert times == [{"a": "", "b": ""}]

    upsert(graph, extraction(3, day=5))
    assert status(graph) == [("confirmed", 1)]
    times = graph.query("MATCH (e:Person) RETURN e.first_seen AS a, e.last_seen AS b")
    assert times == [{"a": "2026-01-05T12:00:00Z", "b": "2026-01-05T12:00:00Z"}]


def test_what_only_a_verdict_held_goes_with_it(graph: Graph) -> None:
    upsert(graph, extraction(1))
    correct(graph, CONFIRMED)
    retract(graph, 1)
    assert graph.counts()["entities"] == 2

    correct(graph, REJECTED)
    assert graph.counts()["entities"] == 0
    assert len(list(graph.corrections())) == 1

    correct(graph, replace(next(graph.corrections()), verdict="confirmed"))
    assert status(graph) == [("confirmed", 0)]
    withdraw(graph, CONFIRMED)
    assert graph.counts()["entities"] == 0


def test_verdicts_are_replayed_into_an_empty_graph(database: Database, graph: Graph) -> None:
    entities = ["nil:tea", "wikidata:Q1", "wikidata:Q2"]
    tea = ("nil:tea", "P131", "wikidata:Q2")
    upsert(graph, extraction(1, entities=entities, triples=[BIRTH, tea], surface=1))
    correct(graph, CONFIRMED, replace(CONFIRMED, head=tea[0], relation=tea[1], tail=tea[2]))
    correct(graph, replace(REJECTED, relation="P22"))
    retract(graph, 1)
    kept, expected = list(graph.corrections()), snapshot(graph)

    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    assert correct(graph, *kept) == 3

    assert diff(expected, snapshot(graph)) == []
    assert [each.relation for each in kept] == ["P131", "P19", "P22"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"head": "wikidata:Q9"}, "no entity 'wikidata:Q9'"),
        ({"relation": "P999"}, "'P999'"),
        ({"verdict": "maybe"}, "'maybe'"),
        ({"at": "yesterday"}, "'yesterday'"),
        ({"head_entity": "{}"}, "no record"),
    ],
)
def test_a_verdict_that_cannot_be_stored_is_refused_with_all_others(
    graph: Graph, wrong: dict[str, str], message: str
) -> None:
    upsert(graph, extraction(1))
    with pytest.raises(GraphRejected, match=message):
        correct(graph, CONFIRMED, replace(REJECTED, **wrong))
    assert list(graph.corrections()) == []
    assert status(graph) == [("asserted", 1)]


def test_an_entity_takes_another_type_with_its_mentions_and_edges(
    database: Database, graph: Graph
) -> None:
    others = ["wikidata:Q1", "wikidata:Q2", "wikidata:Q3"]
    around = [BIRTH, ("wikidata:Q3", "P131", "wikidata:Q2"), ("wikidata:Q2", "P22", "wikidata:Q2")]
    documents = [extraction(1), extraction(2, entities=others, triples=around), extraction(3)]
    upsert(graph, *documents)
    correct(graph, replace(CONFIRMED, head="wikidata:Q2", relation="P69", tail="wikidata:Q3"))
    report = upsert(graph, retyped(documents[0], "wikidata:Q2", "ORG", "now an organization"))

    assert (report.edges_new, report.edges_changed, report.edges_removed) == (0, 0, 0)
    assert (report.entities_new, report.entities_removed) == (0, 0)
    found = database.run(
        "MATCH (e:Entity {id: 'wikidata:Q2'}) OPTIONAL MATCH (e)-[m:MENTIONED_IN]->() "
        "RETURN labels(e) AS labels, e.type AS type, e.name AS name, count(m) AS mentions"
    )
    [entity] = found
    assert sorted(entity.pop("labels")) == ["Entity", "Organization"]
    assert entity == {"type": "ORG", "name": "Another", "mentions": 3}

    upsert(graph, *[retyped(each, "wikidata:Q2", "ORG", "now") for each in documents])
    changed = snapshot(graph)
    kept = list(graph.corrections())
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    correct(graph, *kept)
    upsert(graph, *[retyped(each, "wikidata:Q2", "ORG", "now") for each in documents])
    assert diff(changed, snapshot(graph)) == []


def test_an_entity_that_goes_back_to_its_record_takes_the_records_type(
    database: Database, graph: Graph
) -> None:
    upsert(graph, extraction(1))
    correct(graph, CONFIRMED)
    upsert(graph, retyped(extraction(1), "wikidata:Q2", "ORG", "now an organization"))
    assert database.run("MATCH (e:Organization) RETURN e.name AS n") == [{"n": "Another"}]
    retract(graph, 1)
    assert database.run("MATCH (e:Location) RETURN e.name AS n") == [{"n": "Name 2"}]
    assert status(graph) == [("confirmed", 0)]


def former_ids(graph: Graph, entity: str) -> list[str]:
    [record] = graph.query("MATCH (e:Entity {id: $id}) RETURN e.former_ids AS ids", id=entity)
    ids: list[str] = record["ids"]
    return ids


def test_an_entity_that_is_linked_anew_keeps_its_old_ids_and_verdicts(graph: Graph) -> None:
    documents = [extraction(1), extraction(2)]
    upsert(graph, *documents)
    correct(graph, REJECTED)

    upsert(graph, relinked(documents[0], "wikidata:Q1", "wikidata:Q9"))
    assert former_ids(graph, "wikidata:Q9") == []
    assert status(graph, "wikidata:Q9") == [("asserted", 1)]

    upsert(graph, relinked(documents[1], "wikidata:Q1", "wikidata:Q9"))
    assert former_ids(graph, "wikidata:Q9") == ["wikidata:Q1"]
    assert [each.id for each in graph.find("wikidata:Q1")] == ["wikidata:Q9"]
    assert status(graph, "wikidata:Q9") == [("rejected", 2)]
    [correction] = graph.corrections()
    assert (correction.head, correction.note) == ("wikidata:Q9", "no")
    assert '"Name of wikidata:Q9"' in correction.head_entity

    moved = [relinked(each, "wikidata:Q1", "nil:new") for each in documents]
    upsert(graph, *moved)
    assert former_ids(graph, "nil:new") == ["wikidata:Q1", "wikidata:Q9"]
    upsert(graph, *moved)
    assert former_ids(graph, "nil:new") == ["wikidata:Q1", "wikidata:Q9"]
    assert graph.counts()["entities"] == 2


def test_the_newer_verdict_wins_where_two_entities_become_one(graph: Graph) -> None:
    other = replace(CONFIRMED, head="wikidata:Q4", relation="P19")
    two = extraction(
        2, entities=["wikidata:Q4", "wikidata:Q2"], triples=[("wikidata:Q4", "P19", "wikidata:Q2")]
    )
    upsert(graph, extraction(1), two)
    correct(graph, REJECTED, other)

    upsert(graph, relinked(extraction(1), "wikidata:Q1", "wikidata:Q4"))

    assert status(graph, "wikidata:Q4") == [("rejected", 2)]
    assert former_ids(graph, "wikidata:Q4") == ["wikidata:Q1"]
    assert graph.counts()["entities"] == 2


def test_a_confirmed_edge_moves_though_its_document_no_longer_says_so(graph: Graph) -> None:
    upsert(graph, extraction(1))
    correct(graph, CONFIRMED)
    silent = replace(extraction(1), statements=())
    upsert(graph, relinked(silent, "wikidata:Q2", "wikidata:Q9"))

    assert status(graph, tail="wikidata:Q9") == [("confirmed", 0)]
    assert graph.counts()["entities"] == 2


def test_other_words_at_the_same_place_are_no_new_link(graph: Graph) -> None:
    upsert(graph, extraction(1))
    changed = extraction(1, sentence="Another sentence.")
    upsert(graph, relinked(changed, "wikidata:Q1", "wikidata:Q9"))
    assert former_ids(graph, "wikidata:Q9") == []


def test_verdicts_do_not_add_up_to_a_second_writer(database: Database, graph: Graph) -> None:
    """A person needs no place, and takes none from a run."""
    graph.writer(RUN, RELATIONS).start_run()
    upsert(graph, extraction(1))
    correct(graph, CONFIRMED)
    upsert(graph, extraction(2))
    assert status(graph) == [("confirmed", 2)]
