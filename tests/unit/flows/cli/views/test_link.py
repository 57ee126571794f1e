"""`factloom link` tells who won, by what, and why nobody did."""

from __future__ import annotations

import io

from rich.console import Console

from extractor.linking import LINK_ABOVE, names_to_look_up, rank_clusters, shipped_weights
from extractor.schema import Candidate
from flows.cli.views.link import show_choices
from tests.unit.extractor.annotated import annotated_document

LONDON = Candidate(
    id="wikidata:Q84", name="London", type="LOC", description="capital of England", popularity=400
)
ONTARIO = Candidate(
    id="wikidata:Q92561", name="London", type="LOC", description="city in Ontario", popularity=60
)


def shown(marked: str, *known: Candidate, link_above: float = LINK_ABOVE) -> str:
    document = annotated_document(marked)
    asked = {n for names in names_to_look_up(document, document.clusters) for n in names}
    choices = rank_clusters(
        document, document.clusters, dict.fromkeys(asked, known), shipped_weights(), link_above
    )
    output = io.StringIO()
    show_choices(Console(file=output, width=80), choices, shipped_weights())
    return output.getvalue()


def test_the_winner_and_what_it_has_before_the_second() -> None:
    lines = shown("[London|LOC|0], a city in Ontario.", LONDON, ONTARIO).splitlines()
    assert lines[0].startswith("London (LOC)  is wikidata:Q92561, confidence 0.")
    assert "wikidata:Q92561" in lines[2]
    assert "wikidata:Q84" in lines[3]
    (before,) = (line for line in lines if "before the second" in line)
    assert before.split(": ")[1].startswith("described +")
    assert max(map(len, lines)) <= 80


def test_why_an_entity_is_nil() -> None:
    text = shown("[Ada Smith|PER|0], [Smithtown London|LOC|1], [1815|TIME|2].", LONDON)
    assert "Ada Smith (PER)  is NIL: the index has nothing like it" in text
    assert "Smithtown London (LOC)  is NIL: " in text
    assert "0.01 is under 0.50, and too little for a candidate" in " ".join(text.split())
    assert "1815 (TIME)  is NIL: times and numbers are never linked" in text


def test_what_is_too_doubtful_to_be_linked_is_kept_for_people() -> None:
    text = shown("[London|LOC|0] grew.", LONDON, ONTARIO, link_above=0.999)
    title = text.splitlines()[0]
    assert title.startswith("London (LOC)  is NIL: 0.")
    assert "is under 1.00; wikidata:Q84 is kept as its candidate" in " ".join(text.split())


def test_equal_candidates_differ_by_their_id() -> None:
    twin = Candidate(id="wikidata:Q1", name="London", type="LOC", popularity=400)
    other = Candidate(id="wikidata:Q2", name="London", type="LOC", popularity=400)
    assert "before the second by +0.00: its smaller id" in shown("[London|LOC|0]", twin, other)


def test_a_text_without_entities() -> None:
    assert shown("Nothing.") == "The text names no entity.\n"
