"""Explaining an edge: which entities are meant, and which words say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from rich.console import Console

from flows.errors import NoSuchEntity
from flows.explain import HEAD_STYLE, TAIL_STYLE, highlight, resolve, show_edges
from graph.client import Graph
from graph.records import FoundEntity
from tests.unit.flows.reports import edge, evidence


def entity(id_: str, **fields: Any) -> FoundEntity:
    defaults: dict[str, Any] = {
        "name": "Paris",
        "type": "LOC",
        "linked": True,
        "description": "",
        "aliases": (),
        "documents": 1,
    }
    return FoundEntity(id=id_, **{**defaults, **fields})


class Finds:
    """Stands in for the graph's search by name; nothing else of a graph is there."""

    def __init__(self, *found: FoundEntity) -> None:
        self._found = list(found)

    def find(self, name: str) -> list[FoundEntity]:
        return self._found


def choose_last(name: str, entities: Sequence[FoundEntity]) -> FoundEntity:
    return entities[-1]


def resolved(name: str, *found: FoundEntity) -> str:
    return resolve(cast(Graph, Finds(*found)), name, choose_last).id


def test_a_name_of_one_entity_is_that_entity() -> None:
    assert resolved("Paris", entity("wikidata:Q90")) == "wikidata:Q90"


def test_an_ambiguous_name_is_asked_about() -> None:
    assert resolved("Paris", entity("wikidata:Q90"), entity("wikidata:Q830149")) == (
        "wikidata:Q830149"
    )


def test_an_id_is_never_ambiguous() -> None:
    found = entity("wikidata:Q90"), entity("nil:1", name="wikidata:Q90")
    assert resolved("wikidata:Q90", *found) == "wikidata:Q90"


def test_an_unknown_name_says_how_to_find_one() -> None:
    with pytest.raises(NoSuchEntity, match=r"'Atlantis'.*factloom find"):
        resolved("Atlantis")


def styled(text: str, head: Sequence[str], tail: Sequence[str]) -> list[tuple[str, str]]:
    shown = highlight(text, head=head, tail=tail)
    return [(text[span.start : span.end], str(span.style)) for span in shown.spans]


def test_both_mentions_are_highlighted_wherever_they_stand() -> None:
    assert styled("Ada met Bob. Ada left.", ["Ada"], ["Bob"]) == [
        ("Ada", HEAD_STYLE),
        ("Ada", HEAD_STYLE),
        ("Bob", TAIL_STYLE),
    ]


def test_a_name_inside_a_word_is_no_mention() -> None:
    assert styled("Adam met Bob.", ["Ada"], ["Bob"]) == [("Bob", TAIL_STYLE)]


def test_the_longer_of_two_overlapping_names_shows() -> None:
    assert styled("Bank of England", ["England"], ["Bank of England"])[-1] == (
        "Bank of England",
        TAIL_STYLE,
    )


def test_names_are_no_patterns() -> None:
    assert styled("C++ (1985) and [x]", ["C++"], ["[x]"]) == [
        ("C++", HEAD_STYLE),
        ("[x]", TAIL_STYLE),
    ]


def test_every_edge_shows_margin_probability_documents_and_sentence() -> None:
    console = Console(record=True, width=100, highlight=False)
    ends = entity("wikidata:Q7259", name="Ada Lovelace"), entity("wikidata:Q84", name="London")
    found = edge(documents=7, evidence=tuple(evidence(document=f"tests:{n}") for n in range(7)))
    show_edges(console, *ends, [found])
    text = console.export_text()
    assert "Ada Lovelace  PLACE_OF_BIRTH  London" in text
    assert "margin 2.00, probability 0.90, 7 documents, by champion@1" in text
    assert '"Ada Lovelace was born in London."' in text
    assert "Ada (tests:0)  margin 2.00" in text
    assert "... and 2 more documents" in text


def test_evidence_of_another_checkpoint_says_so() -> None:
    console = Console(record=True, width=100, highlight=False)
    ends = entity("a"), entity("b")
    show_edges(console, *ends, [edge(evidence=(evidence(checkpoint="old@2"),))])
    assert "margin 2.00 by old@2" in console.export_text()


def test_no_edge_is_an_answer_too() -> None:
    console = Console(record=True, width=100, highlight=False)
    show_edges(console, entity("a"), entity("b"), [])
    assert "No document states a relation between them." in console.export_text()
