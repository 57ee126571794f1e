"""The page of a neighbourhood: all that stands behind its edges, and nothing of a document runs."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from flows.pages.view_page import view_page
from graph.model.records import FoundEntity
from graph.reading.neighbourhood import Neighbourhood
from tests.unit.flows.reports.samples import edge, evidence

pytestmark = pytest.mark.slow

VOID = {"meta", "input"}
HOSTILE = (
    "</script><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    "<!-- --> & '\" \u202eevil \x00\ud800 {name} {{ found }} {% raw %} שלום"
)


class Reader(HTMLParser):
    """Reads a page: its tags, its attributes, its articles, and what its scripts hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: dict[str, set[str]] = {}
        self.articles: dict[str, str] = {}
        self.marked: list[tuple[str, str]] = []
        self.data = ""
        self._article = self._script = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        for name, value in values.items():
            self.attributes.setdefault(name, set()).add(value)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "article":
            self._article = values["id"]
            self.articles[self._article] = ""
        if tag == "mark":
            self.marked.append((values["class"], ""))
        if tag == "script":
            self._script = values.get("type", "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "article" in self.open:
            self.articles[self._article] += data
        if "mark" in self.open:
            role, text = self.marked[-1]
            self.marked[-1] = (role, text + data)
        if "script" in self.open and self._script == "application/json":
            self.data += data


def entity(id_: str, name: str, **fields: Any) -> FoundEntity:
    defaults: dict[str, Any] = {
        "type": "LOC",
        "linked": True,
        "link_confidence": 0.93,
        "description": "",
        "aliases": (),
        "documents": 1,
    }
    return FoundEntity(id=id_, name=name, **{**defaults, **fields})


ADA = entity(
    "wikidata:Q7259",
    "Ada Lovelace",
    type="PER",
    description="English mathematician",
    aliases=("Ada Byron",),
    documents=12,
)
LONDON = entity("wikidata:Q84", "London")


def page(*edges: Any, **fields: Any) -> str:
    defaults: dict[str, Any] = {
        "centre": ADA,
        "entities": (ADA, LONDON),
        "edges": edges or (edge(),),
        "edges_of_centre": 1,
        "possible_of_centre": 0,
        "possible": False,
        "more": False,
    }
    return view_page(Neighbourhood(**{**defaults, **fields}))


def test_an_edge_has_its_certainty_and_every_document_that_says_so() -> None:
    told = Reader(
        page(
            edge(
                documents=9,
                evidence=(evidence(pages=(4,)), evidence(document="tests:2", checkpoint="older@1")),
            )
        )
    )
    [article] = (text for id_, text in told.articles.items() if id_ == "edge-0")
    for part in (
        "Ada Lovelace place of birth London",
        "margin 2.00, probability 0.90, 9 documents, by champion@1",
        "Ada Lovelace was born in London.",
        "(tests:1), page 4, margin 2.00, probability 0.90",
        "(tests:2), margin 2.00, probability 0.90 by older@1",
        "... and 7 more",
    ):
        assert part in article
    assert told.marked[:2] == [("head", "Ada Lovelace"), ("tail", "London")]


def test_an_entity_says_who_it_is() -> None:
    article = Reader(page()).articles["entity-0"]
    for part in ("Ada Lovelace", "wikidata:Q7259", "PER", "English mathematician", "Ada Byron"):
        assert part in article
    assert "12 documents" in article
    assert "linked (0.93)" in article


def test_the_script_gets_names_ends_and_shades_and_no_sentence() -> None:
    data = json.loads(
        Reader(
            page(
                edge(probability=0.49),
                edge(relation="P20", probability=0.5, status="rejected"),
                edge(relation="P26", probability=0.9, status="confirmed"),
                edge(relation="P27", probability=0.4, status="possible"),
            )
        ).data
    )
    assert [(node["name"], node["centre"]) for node in data["nodes"]] == [
        ("Ada Lovelace", True),
        ("London", False),
    ]
    assert [each["shade"] for each in data["edges"]] == [0, 1, 3, 0]
    assert [each["relation"][0] for each in data["edges"]] == ["p", "✗", "✓", "?"]
    assert {(each["source"], each["target"]) for each in data["edges"]} == {
        ("entity-0", "entity-1")
    }
    assert "born in" not in json.dumps(data)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"edges_of_centre": 1}, "The graph has 1 edge of this entity. This page shows 1 edge."),
        ({"edges_of_centre": 50_112, "more": True}, "has 50,112 edges of this entity. This page "),
        ({"possible_of_centre": 1_024}, "Only possible, and not shown: 1,024 (--possible)."),
        ({"more": True}, "shows only 1: the confirmed and the most probable. There are more"),
    ],
)
def test_the_page_says_what_it_leaves_out(fields: dict[str, Any], told: str) -> None:
    assert told in page(**fields)


def test_evidence_says_how_sure_its_links_are_and_how_it_writes_their_names() -> None:
    doubted = evidence(link_confidence=0.61, tail_names=("Londres", "L."))
    article = Reader(page(edge(evidence=(doubted,)))).articles["edge-0"]
    assert "margin 2.00, probability 0.90, links 0.61, as 'Londres'" in article
    sure = Reader(page()).articles["edge-0"]
    assert "links" not in sure
    assert " as " not in sure


def test_rejected_edges_can_be_shown_where_there_are_any() -> None:
    assert "<label hidden>" in page()
    rejected = page(edge(status="rejected"))
    assert "<label hidden>" not in rejected
    assert "rejected by a person" in rejected


def test_an_entity_without_edges_has_a_page() -> None:
    told = view_page(
        Neighbourhood(
            centre=ADA,
            entities=(ADA,),
            edges=(),
            edges_of_centre=0,
            possible_of_centre=0,
            possible=False,
            more=False,
        )
    )
    assert "0 edges" in told
    assert json.loads(Reader(told).data)["edges"] == []


def hostile_page() -> str:
    """Return a page where everything that documents and indices bring is hostile."""
    said = evidence(
        title=HOSTILE,
        document=HOSTILE,
        url="javascript:alert(1)",
        checkpoint=HOSTILE,
        text=f"{HOSTILE} met {HOSTILE}",
        head_names=(HOSTILE,),
        tail_names=("evil",),
    )
    there = evidence(url='https://example.org/"><script>x</script>', text=HOSTILE)
    fields: dict[str, Any] = {"description": HOSTILE, "aliases": (HOSTILE,), "type": "MISC"}
    ends = entity(HOSTILE, HOSTILE, **fields), entity("b", HOSTILE, **fields)
    between = edge(
        head=HOSTILE,
        tail="b",
        head_name=HOSTILE,
        tail_name=HOSTILE,
        type="A<B",
        status="asserted",
        checkpoint=HOSTILE,
        evidence=(said, there),
    )
    return page(between, centre=ends[0], entities=ends)


def test_nothing_of_a_document_is_taken_as_html() -> None:
    plain, hostile = Reader(page()), Reader(hostile_page())
    assert hostile.open == []
    assert hostile.tags.count("script") == plain.tags.count("script") == 3
    assert "img" not in hostile.tags
    assert not [name for name in hostile.attributes if name.startswith("on")]
    assert {href for href in hostile.attributes["href"] if not href.startswith("https://")} == set()
    assert "</script><img src=x onerror=" in hostile.articles["edge-0"]
    assert json.loads(hostile.data)["nodes"][0]["name"] == HOSTILE
    assert ("head", re.sub(r"[\x00\ud800]", "\ufffd", HOSTILE)) in hostile.marked
    hostile_page().encode()


def test_the_page_asks_nothing_of_the_network() -> None:
    told = Reader(page())
    assert {"link", "iframe", "object", "base"}.isdisjoint(told.tags)
    assert "src" not in told.attributes
    policy = next(value for value in told.attributes["content"] if "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert policy.count("sha256-") == 2
    assert "unsafe-inline' '" not in policy.split("script-src")[1]


def test_the_library_is_as_it_came_with_its_licence() -> None:
    folder = Path(__file__).parents[4] / "flows" / "pages" / "page"
    library = (folder / "cytoscape.min.js").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in library[:1500]
    assert library in page()


@pytest.mark.skipif(which("chromium") is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("chosen", ["entity-0", "edge-0"])
def test_a_browser_draws_the_page_and_runs_nothing_else(tmp_path: Path, chosen: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(hostile_page(), encoding="utf-8")
    shown = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}"),
            f"{path.as_uri()}#show-{chosen}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    assert 'data-drawn="2"' in shown
    assert "<title>run</title>" not in shown
    panel = re.search(r'<aside id="panel".*?</aside>', shown, re.DOTALL)
    assert panel is not None
    assert "onerror" in panel[0]
    assert "<img" not in panel[0]
