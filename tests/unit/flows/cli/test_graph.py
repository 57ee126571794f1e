"""find and view at the command line, on a graph that stands in for a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from typer.testing import CliRunner

from extractor.names import fold_name
from flows import components
from flows.cli import graph
from flows.cli.views.terminal import Commands
from graph import QUERY_SECONDS
from graph.client import Graph

EDGE = {
    "id": "P26",
    "margin": 2.0,
    "probability": 0.9,
    "documents": 1,
    "checkpoint": "tiny@1",
    "status": "asserted",
    "first_seen": "2026-01-31T12:00:00Z",
    "last_seen": "2026-01-31T12:00:00Z",
}


def node(id_: str, name: str) -> dict[str, Any]:
    """Return an entity's record."""
    properties = {
        "id": id_,
        "name": name,
        "folded_name": fold_name(name),
        "type": "PER",
        "linked": True,
        "link_confidence": 0.9,
        "description": f"known as {name}",
        "aliases": [],
    }
    return {"node": properties, "documents": 3}


class StandIn:
    """Has two entities with an edge between them, in the form in which a server returns them."""

    def __init__(self, seconds: float = QUERY_SECONDS) -> None:
        self.seconds = seconds

    def rows(self, cypher: str) -> Iterator[dict[str, Any]]:
        return ({"row": row, "seconds": self.seconds} for row in range(int(cypher)))

    entities = (node("wikidata:Q7186", "Marie Curie"), node("wikidata:Q37463", "Pierre Curie"))

    def find(self, name: str) -> list[Any]:
        return Graph.find(cast(Any, self), name)

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        names = {each["node"]["folded_name"]: each for each in self.entities}
        match statement:
            case "find_by_name":
                return [names[key] for key in names if key == parameters["folded"]]
            case "find_by_ids":
                return [each for each in self.entities if each["node"]["id"] in parameters["rows"]]
            case "names_from":
                return [names[key] for key in sorted(names) if key >= parameters["folded"]]
            case "names_before":
                return [names[key] for key in sorted(names) if key < parameters["folded"]]
            case "read_written":
                written = {
                    "names": [["M. Curie"], ["Marie  Curie", "Mme Curie"]],
                    "candidates": [],
                    "confidence": None,
                }
                return [{"id": row, **written} for row in parameters["rows"]]
            case "count_edges_of":
                return [{"edges": 1, "possible": 0}]
            case "read_edges_around":
                ends = {"head": "wikidata:Q7186", "tail": "wikidata:Q37463"}
                named = {"head_name": "Marie Curie", "tail_name": "Pierre Curie"}
                return [{**ends, **named, "type": "SPOUSE", "edge": EDGE}]
            case _:
                return []


@pytest.fixture(autouse=True)
def _graph(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = SimpleNamespace(reader=StandIn)
    monkeypatch.setattr(components, "components", lambda: parts)
    monkeypatch.setattr("flows.cli.graph.console.width", 160)


def run(*arguments: str) -> Any:
    app = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
    app.command()(graph.query)
    app.command()(graph.find)
    app.command()(graph.view)
    return CliRunner().invoke(app, list(arguments))


def test_an_entity_is_found_by_its_folded_name() -> None:
    found = run("find", "MARIE curie")
    assert found.exit_code == 0
    for part in ("wikidata:Q7186", "Marie Curie", "PER", "3", "known as Marie Curie", "0.90"):
        assert part in found.output
    assert "as 'Mme Curie' and 'M. Curie'" in found.output, "and not as what it is called"
    assert "Pierre" not in found.output


def test_an_unknown_name_offers_those_that_begin_like_it() -> None:
    found = run("find", "Mari Curi")
    assert found.exit_code == 1
    assert "no entity 'Mari Curi'" in found.output
    assert "Marie Curie" in found.output
    assert "Pierre" not in found.output


def test_a_name_like_no_other_offers_nothing() -> None:
    found = run("find", "Zoë")
    assert found.exit_code == 1
    assert "begin like" not in found.output


def test_view_writes_a_page_named_after_the_entity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("view", "Marie Curie")
    assert told.exit_code == 0, told.output
    assert "marie-curie.html (entities: 2, edges: 1)" in told.output
    assert "Pierre Curie" in (tmp_path / "marie-curie.html").read_text(encoding="utf-8")


def test_view_writes_where_it_is_told_and_says_what_it_left_out(tmp_path: Path) -> None:
    told = run("view", "Marie Curie", "--output", str(tmp_path / "page.html"), "--depth", "3")
    assert told.exit_code == 0, told.output
    assert (tmp_path / "page.html").exists()
    assert "there are more" not in told.output


def test_view_of_an_unknown_entity_is_one_line(tmp_path: Path) -> None:
    told = run("view", "Nobody", "--output", str(tmp_path / "page.html"))
    assert told.exit_code == 1
    assert "no entity 'Nobody'" in told.output
    assert not (tmp_path / "page.html").exists()


def test_json_has_every_record_and_a_query_its_limit() -> None:
    told = run("query", "1200", "--json")
    assert [json.loads(line) for line in told.output.splitlines()] == [
        {"row": row, "seconds": QUERY_SECONDS} for row in range(1200)
    ]
    told = run("query", "1", "--json", "--timeout", "7")
    assert json.loads(told.output)["seconds"] == 7


def test_a_table_shows_the_first_records_and_says_so() -> None:
    assert "1000 records" in run("query", "1000").output
    told = run("query", "1001").output
    assert "the first 1000 records" in told
    assert "--json" in told
