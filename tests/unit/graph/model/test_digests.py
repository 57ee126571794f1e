"""A document's digest tells whether writing it would change the graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from extractor.schema import Extraction
from graph.model.records import RunInfo
from graph.model.rows import document_rows
from tests.unit.graph.extractions import RUN, extraction


def digest(of: Extraction, run: RunInfo = RUN, at: str = "2026-11-23T00:00:00Z") -> str:
    value: str = document_rows(of, run=run, extracted_at=at).document["props"]["digest"]
    return value


def with_document(of: Extraction, **fields: str) -> Extraction:
    return replace(of, document=replace(of.document, **fields))  # type: ignore[arg-type]


def with_entity(of: Extraction, **fields: object) -> Extraction:
    first, *others = of.entities
    return replace(of, entities=(replace(first, **fields), *others))  # type: ignore[arg-type]


def with_statement(of: Extraction, **fields: object) -> Extraction:
    return replace(of, statements=(replace(of.statements[0], **fields),))  # type: ignore[arg-type]


def test_the_same_extraction_by_a_later_run_has_the_same_digest() -> None:
    later = replace(RUN, id="run-2", config_hash="another", started_at="2027-01-01T00:00:00Z")
    moved = with_document(extraction(), index="documents-2")
    assert digest(moved, later, "2027-01-01T00:00:00Z") == digest(extraction())


@pytest.mark.parametrize(
    "change",
    [
        lambda one: with_document(one, title="Another"),
        lambda one: with_document(one, url="https://example.org"),
        lambda one: with_document(one, updated_at="2027-01-01T00:00:00Z"),
        lambda one: with_document(one, text=one.document.text + " More."),
        lambda one: with_entity(one, name="Another"),
        lambda one: with_entity(one, type="MISC"),
        lambda one: with_entity(one, aliases=("Another",)),
        lambda one: with_entity(one, description="something else"),
        lambda one: with_entity(one, link_confidence=0.77),
        lambda one: with_entity(one, candidate="wikidata:Q9", candidate_confidence=0.4),
        lambda one: with_entity(one, mentions=one.entities[1].mentions),
        lambda one: with_statement(one, margin=1.0000001),
        lambda one: with_statement(one, probability=0.25),
        lambda one: with_statement(one, sentences=(0, 1)),
        lambda one: with_statement(one, pages=(1,)),
        lambda one: with_statement(one, text="Another sentence."),
        lambda one: replace(one, statements=()),
        lambda one: replace(one, unscored_pairs=17),
    ],
)
def test_everything_that_reaches_the_graph_changes_it(
    change: Callable[[Extraction], Extraction],
) -> None:
    assert digest(change(extraction())) != digest(extraction())


def test_another_checkpoint_changes_it_where_it_said_something() -> None:
    next_champion = replace(RUN, checkpoint="champion@2")
    silent = extraction(triples=[])
    assert digest(extraction(), next_champion) != digest(extraction())
    assert digest(silent, next_champion) == digest(silent)
