"""An entity follows its mentions, where the text is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from extractor.schema import Extraction
from graph.model.rows import DocumentRows, document_rows
from graph.writing.successors import successors
from tests.unit.graph.extractions import RUN, extraction

ENTITIES = ("wikidata:Q1", "wikidata:Q2", "nil:tea")


def rows(made: Extraction) -> DocumentRows:
    return document_rows(made, run=RUN, extracted_at="2026-02-01T00:00:00Z")


def before(made: Extraction) -> dict[str, Any]:
    """Return what was read of a document's mentions."""
    written = rows(made)
    return {
        "document": made.document.id,
        "content_hash": written.document["props"]["content_hash"],
        "mentions": [
            {"entity": mention["entity"], "spans": mention["props"]["spans"]}
            for mention in written.mentions
        ],
    }


def renamed(made: Extraction, names: dict[str, str]) -> Extraction:
    entities = tuple(replace(each, id=names.get(each.id, each.id)) for each in made.entities)
    return replace(made, entities=entities, statements=())


def test_the_entity_that_got_the_mentions_is_the_successor() -> None:
    made = extraction(1, entities=ENTITIES)
    now = renamed(made, {"wikidata:Q1": "wikidata:Q9"})
    assert successors({"wikidata:Q1"}, [before(made)], [rows(now)]) == {
        "wikidata:Q1": "wikidata:Q9"
    }


def test_an_entity_that_is_still_mentioned_has_none() -> None:
    made = extraction(1, entities=ENTITIES)
    now = renamed(made, {"wikidata:Q1": "wikidata:Q9"})
    assert successors(set(), [before(made)], [rows(now)]) == {}


def test_a_mention_that_is_gone_leads_nowhere() -> None:
    made = extraction(1, entities=ENTITIES)
    now = replace(made, entities=made.entities[1:], statements=())
    assert successors({"wikidata:Q1"}, [before(made)], [rows(now)]) == {}


def test_another_text_says_nothing() -> None:
    made = extraction(1, entities=ENTITIES)
    other = replace(made, document=replace(made.document, title="Another"))
    now = renamed(other, {"wikidata:Q1": "wikidata:Q9"})
    assert successors({"wikidata:Q1"}, [before(made)], [rows(now)]) == {}


def test_most_mentions_decide_and_then_the_smaller_id() -> None:
    documents = [extraction(number, entities=ENTITIES) for number in (1, 2, 3)]
    names = ({"nil:tea": "b"}, {"nil:tea": "a"}, {"nil:tea": "b"})
    now = [rows(renamed(made, by)) for made, by in zip(documents, names, strict=True)]
    old = [before(made) for made in documents]
    assert successors({"nil:tea"}, old, now) == {"nil:tea": "b"}
    assert successors({"nil:tea"}, old[:2], now) == {"nil:tea": "a"}


def test_every_mention_of_an_entity_is_looked_at() -> None:
    made = extraction(1, entities=ENTITIES)
    [first, other, tea] = made.entities
    several = replace(first, mentions=(*first.mentions, *other.mentions, *tea.mentions))
    whole = replace(made, entities=(several,), statements=())
    most = replace(other, id="b", mentions=(*other.mentions, *tea.mentions))
    now = replace(made, entities=(replace(first, id="a"), most), statements=())
    assert successors({"wikidata:Q1"}, [before(whole)], [rows(now)]) == {"wikidata:Q1": "b"}
