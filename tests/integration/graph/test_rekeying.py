"""An entity that has another id keeps everything, and its old ids find it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from flows.corrections.lookup import find_entity
from graph.client import Graph
from graph.driver.transaction import Transaction
from graph.errors import GraphRejected
from graph.model.records import Champion, FoundEntity
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.integration.graph.knowledge import entry
from tests.integration.graph.rekeyed import (
    DOCUMENTS,
    clean,
    former_ids,
    ingest,
    judge,
    without_former_ids,
)
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration


OLD, NEW = "wikidata:Q1", "wikidata:Q2"


BEFORE = {"the met": OLD, "the museum": NEW, "paris": "wikidata:Q3"}


AFTER = {"the met": NEW, "the museum": NEW, "paris": "wikidata:Q3"}


def nobody_asks(name: str, found: Sequence[FoundEntity]) -> FoundEntity:
    raise AssertionError(f"{name} is ambiguous: {found}")


def rekey(graph: Graph, old: str = OLD, new: str = NEW, batch_documents: int = 1) -> int:
    written = graph.writer(RUN, RELATIONS, batch_documents=batch_documents).rekey(old, entry(new))
    return written.entities_rekeyed


def test_a_merged_id_takes_all_that_was_the_old_ones(database: Database, graph: Graph) -> None:
    ingest(graph, BEFORE)
    judge(graph, OLD, "P131", "wikidata:Q3", "rejected")
    assert rekey(graph) == 1
    assert former_ids(graph) == {NEW: [OLD]}
    assert find_entity(graph, OLD, nobody_asks).id == NEW, "so does every command that takes an id"
    [correction] = graph.corrections()
    assert (correction.head, correction.verdict) == (NEW, "rejected")

    rekeyed = snapshot(graph)
    assert rekey(graph) == 0
    assert snapshot(graph) == rekeyed
    whole = clean(database, graph, AFTER)
    assert diff(without_former_ids(rekeyed), without_former_ids(whole)) == []


def test_an_id_that_the_graph_had_not_is_made_from_its_entry(
    database: Database, graph: Graph
) -> None:
    ingest(graph, BEFORE)
    rekey(graph, OLD, "wikidata:Q9")
    rekeyed = snapshot(graph)
    whole = clean(database, graph, {**BEFORE, "the met": "wikidata:Q9"})
    assert diff(without_former_ids(rekeyed), without_former_ids(whole)) == []


def test_a_chain_of_merges_keeps_every_id(graph: Graph) -> None:
    ingest(graph, BEFORE)
    rekey(graph)
    rekey(graph, NEW, "wikidata:Q8")
    assert former_ids(graph) == {"wikidata:Q8": [OLD, NEW]}
    assert [each.id for each in graph.find(OLD)] == ["wikidata:Q8"]


def test_the_entry_decides_where_another_entity_has_the_same_words(graph: Graph) -> None:
    """Two entities of one place in the text: whose words they are says nothing of the merge."""
    made = extraction(1, entities=(OLD, "wikidata:Q5"), triples=())
    old, other = made.entities
    same = replace(made, entities=(old, replace(other, mentions=old.mentions)))
    graph.writer(RUN, RELATIONS).upsert([same])
    rekey(graph)
    assert former_ids(graph) == {NEW: [OLD]}


def test_an_unknown_id_and_one_that_cannot_be_stored_change_nothing(graph: Graph) -> None:
    ingest(graph, BEFORE)
    before = snapshot(graph)
    assert rekey(graph, "wikidata:Q77") == 0
    with pytest.raises(GraphRejected, match="separates"):
        graph.writer(RUN, RELATIONS).rekey(OLD, replace(entry(NEW), id="own:a|b"))
    assert snapshot(graph) == before


def test_a_verdict_on_two_entities_that_are_one_now_is_kept_and_makes_no_edge(
    graph: Graph,
) -> None:
    ingest(graph, BEFORE)
    judge(graph, OLD, "P22", NEW, "confirmed")
    rekey(graph)
    assert graph.edges_between(NEW, NEW) == []
    [correction] = graph.corrections()
    assert (correction.head, correction.tail, correction.verdict) == (NEW, NEW, "confirmed")

    graph.writer(RUN, RELATIONS).retract([f"tests:{n}" for n in DOCUMENTS])
    assert list(graph.linked_ids()) == [NEW], "of the verdict"
    assert graph.find(NEW) == [], "nothing holds it"


def test_verdicts_on_what_no_document_mentions_follow(graph: Graph) -> None:
    """A confirmed edge holds its ends; a rejected one is remembered without them."""
    ingest(graph, BEFORE)
    judge(graph, OLD, "P131", "wikidata:Q3", "confirmed", day=1)
    judge(graph, "wikidata:Q3", "P19", OLD, "rejected", day=2)
    graph.writer(RUN, RELATIONS).retract([f"tests:{n}" for n in DOCUMENTS])
    assert set(graph.linked_ids()) == {OLD, "wikidata:Q3"}

    assert rekey(graph) == 1
    assert rekey(graph) == 0
    assert former_ids(graph) == {NEW: [OLD]}
    [edge] = graph.edges_between(NEW, "wikidata:Q3")
    assert (edge.head, edge.head_name, edge.status) == (NEW, "Entry 2", "confirmed")
    assert {(each.head, each.tail) for each in graph.corrections()} == {
        (NEW, "wikidata:Q3"),
        ("wikidata:Q3", NEW),
    }
    assert set(graph.linked_ids()) == {NEW, "wikidata:Q3"}


def test_ids_that_only_verdicts_name_are_walked_too(graph: Graph) -> None:
    ingest(graph, BEFORE)
    judge(graph, OLD, "P131", "wikidata:Q3", "rejected")
    graph.writer(RUN, RELATIONS).retract([f"tests:{n}" for n in DOCUMENTS])
    assert graph.counts()["entities"] == 0
    assert set(graph.linked_ids()) == {OLD, "wikidata:Q3"}
    rekey(graph)
    assert [each.head for each in graph.corrections()] == [NEW]


def test_a_merge_that_is_taken_back_is_undone_by_the_next_extraction(
    database: Database, graph: Graph
) -> None:
    """What is extracted then is what the documents were first written with."""
    ingest(graph, BEFORE)
    before = snapshot(graph)
    rekey(graph)
    ingest(graph, BEFORE)
    assert diff(without_former_ids(before), without_former_ids(snapshot(graph))) == []


class Killed(BaseException):
    """Nothing catches it on the way."""


def kill_at(patch: pytest.MonkeyPatch, turn: int) -> None:
    """Let the process die as a transaction is about to commit, the `turn`-th of all."""
    execute, turns = Graph.execute_write, iter(range(1_000))

    def dying(self: Graph, work: Callable[[Transaction], Any], run: Any = None) -> Any:
        def doomed(transaction: Transaction) -> Any:
            done = work(transaction)
            if next(turns) == turn:
                raise Killed
            return done

        return execute(self, doomed, run)

    patch.setattr(Graph, "execute_write", dying)


@pytest.mark.parametrize("turn", [1, 3])
def test_a_killed_rekeying_goes_on(graph: Graph, turn: int) -> None:
    ingest(graph, BEFORE)
    judge(graph, OLD, "P131", "wikidata:Q3", "rejected")
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, turn)
        with pytest.raises(Killed):
            rekey(graph)
    rekey(graph)
    after = snapshot(graph)

    graph.writer(RUN, RELATIONS).retract([f"tests:{n}" for n in DOCUMENTS])
    assert graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).withdraw(NEW, "P131", "wikidata:Q3")
    ingest(graph, BEFORE)
    judge(graph, OLD, "P131", "wikidata:Q3", "rejected")
    rekey(graph)
    assert diff(after, snapshot(graph)) == []


def test_a_nil_that_gains_an_entry_keeps_its_old_id(database: Database, graph: Graph) -> None:
    """No re-keying of its own: the next ingest extracts its documents anew, in some batches."""
    ingest(graph, BEFORE)
    [charles] = [each for each in graph.find("Charles") if each.id.endswith("tests:2")]
    judge(graph, charles.id, "P19", "wikidata:Q3", "confirmed")
    known = {**BEFORE, "charles of england": "wikidata:Q7"}
    ingest(graph, known, batch_documents=1)
    assert former_ids(graph) == {"wikidata:Q7": [charles.id]}
    assert [each.id for each in graph.find(charles.id)] == ["wikidata:Q7"]
    assert len(graph.find("Charles")) == 2, "those of the other documents are others"
    [edge] = graph.edges_between("wikidata:Q7", "wikidata:Q3")
    assert edge.status == "confirmed"
    grown = snapshot(graph)
    ingest(graph, known, batch_documents=1)
    assert snapshot(graph) == grown
    whole = clean(database, graph, known)
    assert diff(without_former_ids(grown), without_former_ids(whole)) == []


def test_entities_of_one_name_stay_apart(graph: Graph) -> None:
    known = {"paris": OLD, "paris in texas": NEW, "the met": "wikidata:Q3"}
    ingest(graph, known)
    mentions = "MATCH (e:Entity {id: $id})-[m:MENTIONED_IN]->(d) RETURN d.id AS id ORDER BY id"
    texan = graph.query(mentions, id=NEW)
    assert len(texan) == 2
    rekey(graph, OLD, "wikidata:Q8")
    assert graph.query(mentions, id=NEW) == texan
    assert len({each.id for each in graph.find("Charles")}) == 3
