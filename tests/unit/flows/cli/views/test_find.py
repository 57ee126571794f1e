"""What find tells of a link's doubt."""

from __future__ import annotations

from rich.console import Console

from flows.cli.views.find import entities_table
from graph.model.records import Written
from tests.unit.flows.reports.samples import entity


def shown(**fields: object) -> str:
    console = Console(record=True, width=200, highlight=False)
    found = entity("nil:1", name="Bank of Uganda", **fields)
    doubted = Written(
        names=("Bank of Uganda", "the Bank"), candidates=("wikidata:Q9",), candidate_confidence=0.4
    )
    console.print(entities_table([found, entity("wikidata:Q84")], {"nil:1": doubted}))
    return console.export_text()


def test_what_is_not_linked_says_what_it_may_be() -> None:
    told = shown(linked=False, link_confidence=0.0)
    assert "none" in told
    assert "as 'the Bank'; may be wikidata:Q9 (0.40)" in told


def test_a_link_has_a_confidence() -> None:
    assert "0.61" in shown(linked=True, link_confidence=0.61)
