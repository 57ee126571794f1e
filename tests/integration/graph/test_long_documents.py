"""A document with many and long statements is stored, changed and taken out as any other."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.client import Graph
from tests.unit.graph.extractions import RELATIONS, RUN

pytestmark = pytest.mark.integration

ENTITIES, QUOTED = 20, 5_000
"""380 statements, each with five kilobytes of evidence: 200 of them were too many."""


def long_document(margin: float = 1.0) -> Extraction:
    """Return a document in which everybody is the father of everybody."""
    names = [f"Person {number:02}" for number in range(ENTITIES)]
    step = len(names[0]) + 1
    entities = tuple(
        Entity(
            id=f"nil:{number}",
            name=name,
            type="PER",
            mentions=(Mention(start=number * step, end=number * step + step - 1, type="PER"),),
        )
        for number, name in enumerate(names)
    )
    statements = tuple(
        Statement(
            head=head.id,
            relation="P22",
            tail=tail.id,
            margin=margin,
            probability=0.5,
            sentences=(0,),
            text="x" * QUOTED,
        )
        for head, tail in permutations(entities, 2)
    )
    document = Document(
        id="tests:long",
        source="tests",
        title="Long",
        text=" ".join(names),
        updated_at="2026-01-01T00:00:00Z",
    )
    return Extraction(document=document, entities=entities, statements=statements)


def test_a_document_with_much_to_say_is_written_changed_and_taken_out(graph: Graph) -> None:
    made = long_document()
    graph.writer(RUN, RELATIONS).upsert([made])
    assert graph.counts()["evidence"] == len(made.statements)

    fewer = replace(long_document(2.0), statements=long_document(2.0).statements[::2])
    report = graph.writer(RUN, RELATIONS).upsert([fewer])
    assert report.edges_removed == graph.counts()["edges"] == len(fewer.statements)

    graph.writer(RUN, RELATIONS).retract(["tests:long"])
    assert sum(graph.counts().values()) == 0
