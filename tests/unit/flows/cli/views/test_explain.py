"""Explaining an edge at the terminal."""

from __future__ import annotations

from rich.console import Console

from flows.cli.views.explain import show_between
from tests.unit.flows.reports.samples import edge, entity, evidence


def test_every_edge_shows_margin_probability_documents_and_sentence() -> None:
    console = Console(record=True, width=100, highlight=False)
    ends = entity("wikidata:Q7259", name="Ada Lovelace"), entity("wikidata:Q84", name="London")
    found = edge(documents=7, evidence=tuple(evidence(document=f"tests:{n}") for n in range(7)))
    show_between(console, *ends, [found])
    text = console.export_text()
    assert "Ada Lovelace  PLACE_OF_BIRTH  London" in text
    assert "margin 2.00, probability 0.90, 7 documents, by champion@1" in text
    assert '"Ada Lovelace was born in London."' in text
    assert "Ada (tests:0)  margin 2.00" in text
    assert "... and 2 more documents" in text


def test_evidence_of_another_checkpoint_says_so() -> None:
    console = Console(record=True, width=100, highlight=False)
    ends = entity("a"), entity("b")
    show_between(console, *ends, [edge(evidence=(evidence(checkpoint="old@2"),))])
    assert "margin 2.00, probability 0.90 by old@2" in console.export_text()


def test_no_edge_is_an_answer_too() -> None:
    console = Console(record=True, width=100, highlight=False)
    show_between(console, entity("a"), entity("b"), [])
    assert "No document states a relation between them." in console.export_text()
