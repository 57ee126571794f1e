"""Labels are read from a real graph, on both servers."""

from __future__ import annotations

import pytest

from graph.client import Graph
from graph.export_labels import LeftOut, judged_documents
from graph.records import Correction
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

PAIR = ("wikidata:Q1", "wikidata:Q2")


def test_verdicts_stand_on_their_evidence(graph: Graph) -> None:
    born, at = ((PAIR[0], relation, PAIR[1]) for relation in ("P19", "P69"))
    graph.upsert(
        [extraction(1, triples=[born, at]), extraction(2), extraction(3, triples=[at])],
        run=RUN,
        relations=RELATIONS,
    )
    rejected = Correction(
        head=PAIR[0],
        relation="P19",
        tail=PAIR[1],
        verdict="rejected",
        by="me",
        at="2026-01-01T00:00:00Z",
    )
    found = list(judged_documents(graph.read, [rejected], LeftOut()))
    assert [
        (document.id, document.source, [(row.relation, row.verdict) for row in document.rows])
        for document in found
    ] == [
        ("tests:1", "tests", [("P19", "rejected"), ("P69", "asserted")]),
        ("tests:2", "tests", [("P19", "rejected")]),
    ]
    assert (found[0].rows[0].head, found[0].rows[0].tail) == ("Name 1", "Name 2")
    assert [entity.spans for entity in found[0].entities] == [(0, 6), (7, 13)]
