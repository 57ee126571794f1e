"""Edges with evidence of two checkpoints, when the champion is another one."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from extractor.schema import Extraction
from graph.client import Graph
from graph.model.records import Champion, Correction, RunInfo
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

FIRST = RUN
SECOND = replace(RUN, id="run-2", checkpoint="champion@2")
BACK = replace(RUN, id="run-3")
AGAIN = replace(SECOND, id="run-4")
EDGE = ("wikidata:Q1", "P19", "wikidata:Q2")


def margins(graph: Graph) -> tuple[str, float]:
    """Return which checkpoint the edge counts, and its margin."""
    [edge] = graph.edges([EDGE])
    return edge.checkpoint, edge.margin


def adopted(graph: Graph, run: RunInfo) -> list[int]:
    """Begin a run and adopt its champion; return how many edges each transaction changed."""
    graph.writer(run, RELATIONS).start_run()
    return [each.edges_changed for each in graph.writer(run, RELATIONS).adopt_champion()]


def documents_that_share_edges(seed: int) -> list[Extraction]:
    """Return 20 documents, each with a third of the edges between three entities."""
    dice = random.Random(seed)
    ends = [f"wikidata:Q{number}" for number in (1, 2, 3)]
    edges = [(h, r, t) for h in ends for r in ("P19", "P69") for t in ends if h != t]
    return [
        extraction(number, entities=ends, triples=dice.sample(edges, 4), margin=dice.uniform(1, 9))
        for number in range(1, 21)
    ]


@pytest.fixture
def both(graph: Graph) -> Graph:
    """Return a graph whose edge has evidence of both, as the second champion wrote it."""
    graph.writer(FIRST, RELATIONS).start_run()
    graph.writer(FIRST, RELATIONS).upsert([extraction(1, margin=1.0), extraction(2, margin=2.0)])
    assert adopted(graph, SECOND) == []
    graph.writer(SECOND, RELATIONS).upsert([extraction(2, margin=9.0)])
    assert margins(graph) == (SECOND.checkpoint, 9.0)
    return graph


def test_a_champion_that_is_taken_back_counts_first_again(both: Graph) -> None:
    assert adopted(both, BACK) == [1]
    assert margins(both) == (FIRST.checkpoint, 1.0)
    assert adopted(both, replace(BACK, id="run-5")) == [], "it is done once"
    assert adopted(both, AGAIN) == [1]
    assert margins(both) == (SECOND.checkpoint, 9.0)


def test_a_run_of_another_champion_in_between_is_noticed(both: Graph) -> None:
    """It began and wrote, but adopted nothing: what held for the second no longer does."""
    both.writer(BACK, RELATIONS).start_run()
    both.writer(BACK, RELATIONS).upsert([extraction(1, margin=3.0)])
    assert margins(both) == (FIRST.checkpoint, 3.0)
    assert adopted(both, AGAIN) == [1]
    assert margins(both) == (SECOND.checkpoint, 9.0)


def test_a_verdict_under_another_champion_is_noticed(both: Graph) -> None:
    head, relation, tail = EDGE
    verdict = Correction(
        head=head,
        relation=relation,
        tail=tail,
        verdict="confirmed",
        by="me",
        at="2026-02-01T00:00:00Z",
    )
    both.verdicts(Champion(FIRST.checkpoint, RELATIONS)).store([verdict])
    assert margins(both) == (FIRST.checkpoint, 1.0)
    assert adopted(both, AGAIN) == [1]
    assert margins(both) == (SECOND.checkpoint, 9.0)


@pytest.mark.parametrize("moved", [4, 16])
def test_adopting_gives_what_the_champion_would_have_written(
    database: Database, graph: Graph, moved: int
) -> None:
    """Whichever side is smaller: as if the second champion's part had been written first."""
    corpus, again = documents_that_share_edges(1), documents_that_share_edges(2)
    graph.writer(FIRST, RELATIONS).start_run()
    graph.writer(FIRST, RELATIONS).upsert(corpus)
    graph.writer(SECOND, RELATIONS).start_run()
    graph.writer(SECOND, RELATIONS).upsert(again[:moved])
    assert sum(adopted(graph, BACK)) > 0
    found = snapshot(graph)

    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    graph.writer(SECOND, RELATIONS).upsert(again[:moved])
    graph.writer(FIRST, RELATIONS).upsert(corpus[moved:])
    assert diff(found, snapshot(graph)) == []


def test_adopting_that_was_stopped_begins_again(both: Graph) -> None:
    both.writer(BACK, RELATIONS).start_run()
    steps = both.writer(BACK, RELATIONS, batch_documents=1).adopt_champion()
    assert next(steps).edges_changed == 1
    del steps
    again = list(both.writer(BACK, RELATIONS).adopt_champion())
    assert [each.edges_changed for each in again] == [0]
