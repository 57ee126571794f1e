"""Labels are read from a real graph, on both servers."""

from __future__ import annotations

import pytest

from graph.client import Graph
from graph.export.labels import LabelsLeftOut, confident_edges, document_labels, verdicts_of
from graph.model.records import Champion, Correction
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

PAIR = ("wikidata:Q1", "wikidata:Q2")


def test_verdicts_stand_on_their_evidence(graph: Graph) -> None:
    born, at = ((PAIR[0], relation, PAIR[1]) for relation in ("P19", "P69"))
    graph.writer(RUN, RELATIONS).upsert(
        [extraction(1, triples=[born, at]), extraction(2), extraction(3, triples=[at])]
    )
    rejected = Correction(
        head=PAIR[0],
        relation="P19",
        tail=PAIR[1],
        verdict="rejected",
        by="me",
        at="2026-01-01T00:00:00Z",
    )
    found = list(document_labels(graph.read, verdicts_of([rejected]), LabelsLeftOut()))
    assert [
        (document.id, document.source, [(row.relation, row.verdict) for row in document.rows])
        for document in found
    ] == [
        ("tests:1", "tests", [("P19", "rejected"), ("P69", "asserted")]),
        ("tests:2", "tests", [("P19", "rejected")]),
    ]
    assert (found[0].rows[0].head, found[0].rows[0].tail) == PAIR
    assert [entity.name for entity in found[0].entities] == ["Name 1", "Name 2"]
    assert [entity.spans for entity in found[0].entities] == [(0, 6), (7, 13)]


def test_confident_edges_are_those_that_are_likely_and_not_corrected(graph: Graph) -> None:
    born, at = ((PAIR[0], relation, PAIR[1]) for relation in ("P19", "P69"))
    graph.writer(RUN, RELATIONS).upsert([extraction(1, triples=[born, at])])
    probability = max(
        each["props"]["probability"]
        for each in graph.read("snapshot_edges")
        if "probability" in each["props"]
    )
    assert confident_edges(graph.read, probability + 0.001) == {}
    both = confident_edges(graph.read, probability)
    assert both == dict.fromkeys((born, at), "confident")
    rejected = Correction(
        head=PAIR[0],
        relation="P19",
        tail=PAIR[1],
        verdict="rejected",
        by="me",
        at="2026-01-01T00:00:00Z",
    )
    graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store([rejected])
    assert list(confident_edges(graph.read, probability)) == [at]
