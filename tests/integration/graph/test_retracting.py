"""What is retracted leaves no trace, on both servers."""

from __future__ import annotations

import pytest

from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.integration.graph.failing import FAILED, MONDAY
from tests.seeds import seeds
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("kept", [True, False])
def test_a_retracted_document_is_still_a_failure_where_that_is_asked_for(
    graph: Graph, kept: bool
) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction(1)])
    graph.writer(RUN, RELATIONS).record_failures([FAILED], at=MONDAY)
    graph.writer(RUN, RELATIONS).retract(["tests:1"], keep_failures=kept)
    assert graph.known(["tests:1"]) == {}
    assert bool(graph.failures("tests")) == kept


def test_a_retracted_document_leaves_no_trace(database: Database, graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction(2)])
    expected = snapshot(graph)
    entities = ["wikidata:Q1", "wikidata:Q2", "nil:tea"]
    graph.writer(RUN, RELATIONS).upsert([extraction(1, entities=entities, surface=1)])
    graph.writer(RUN, RELATIONS).record_failures([FAILED], at=MONDAY)
    assert graph.traces("tests:1") == {
        "Document": 1,
        "Evidence": 1,
        "MENTIONED_IN": 3,
        "FailedDocument": 1,
    }

    report = graph.writer(RUN, RELATIONS).retract(["tests:1", "tests:9"])

    assert (report.documents_removed, report.entities_removed, report.edges_changed) == (1, 1, 1)
    assert set(graph.traces("tests:1").values()) == {0}
    assert diff(expected, snapshot(graph)) == []


@pytest.mark.parametrize("seed", seeds(1, 2))
def test_retracting_leaves_the_graph_of_a_clean_run(
    database: Database, graph: Graph, seed: int
) -> None:
    corpus = random_corpus(30, seed)
    graph.writer(RUN, RELATIONS).upsert(corpus[:12])
    expected = snapshot(graph)
    graph.writer(RUN, RELATIONS).upsert(corpus[12:])

    gone = [each.document.id for each in corpus[12:]]
    report = graph.writer(RUN, RELATIONS, batch_documents=5).retract(gone)

    assert report.documents_removed == len(gone)
    assert diff(expected, snapshot(graph)) == []
    again = graph.writer(RUN, RELATIONS).retract(gone)
    assert again == type(again)()
