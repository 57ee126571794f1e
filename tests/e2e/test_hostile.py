"""Input that nobody should have to write: each record is named, and nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.params import IngestParams
from graph.client import Graph
from tests.e2e.running import run

pytestmark = pytest.mark.e2e

GOOD = [
    {"id": "ada", "text": "Ada Lovelace was born in London. She worked with Charles Babbage."},
    {"id": "curie", "text": "Marie Curie was born in Warsaw. She died in Passy, in France."},
]
GERMAN = {
    "id": "curie",
    "text": "Marie Curie wurde in Warschau geboren, als fünftes Kind eines Lehrerehepaars. Sie "
    "ging nach Paris, um dort zu studieren, weil ihr das in ihrer Heimat nicht erlaubt war, und "
    "sie blieb auch dann noch dort, als sie längst von allen großen Hochschulen gerufen wurde.",
}
SCRIPTS = {
    "id": "scripts",
    "title": "Ромашка 🌼",
    "text": "Александр Пушкин родился в Москве. 夏目漱石は東京で生まれた。 👩‍👩‍👧 "
    "نجيب محفوظ ولد في القاهرة.",
}
LONG = {"id": "long", "text": "Ada Lovelace was born in London. " * 33_334}
BROKEN = '{"id": "broken", "text": '
EMPTY = {"id": "empty", "text": " \n "}
NO_TEXT = {"id": "no-text", "title": "A title alone"}
TWICE = {"id": "ada", "text": "Another text under the same id."}
OVERLAPPING = {
    "title": "overlap",
    "sents": [["The", "Bank", "of", "England", "is", "in", "London", "."]],
    "vertexSet": [
        [{"name": "Bank of England", "sent_id": 0, "pos": [1, 4], "type": "ORG"}],
        [{"name": "England", "sent_id": 0, "pos": [3, 4], "type": "LOC"}],
        [{"name": "London", "sent_id": 0, "pos": [6, 7], "type": "LOC"}],
    ],
}
IN_THE_GRAPH = {"mine:ada", "mine:curie", "mine:scripts", "mine:overlap"}


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> IngestParams:
    """A folder that holds all of it, in whatever language."""
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__LANGUAGES", "all")
    records = [json.dumps(each) for each in (GOOD[0], EMPTY, NO_TEXT, LONG, TWICE, SCRIPTS)]
    lines = [records[0], BROKEN, *records[1:], json.dumps(GOOD[1])]
    (tmp_path / "mine.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "overlap.json").write_text(json.dumps([OVERLAPPING]), encoding="utf-8")
    return IngestParams(path=tmp_path, name="mine")


@pytest.fixture
def tolerant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run succeed although half of its records are bad."""
    monkeypatch.setenv("FACTLOOM_RUN__MAX_FAILED_SHARE", "0.6")


def test_each_record_is_named_and_nothing_else_is_lost(
    hostile: IngestParams, tolerant: None, graph: Graph
) -> None:
    state, report = run(hostile)
    assert state.is_completed()
    skipped = {(each.place, each.document): each.reason for each in report.skipped_records}
    assert set(skipped) == {
        ("line 2", ""),
        ("line 3", "mine:empty"),
        ("line 4", "mine:no-text"),
        ("line 6", "mine:ada"),
    }
    assert "JSON" in skipped["line 2", ""]
    assert "text" in skipped["line 3", "mine:empty"]
    assert "missing" in skipped["line 4", "mine:no-text"]
    assert "duplicate" in skipped["line 6", "mine:ada"]
    assert [(each.document, each.stage) for each in report.failures] == [("mine:long", "extract")]
    assert _documents(graph) == IN_THE_GRAPH


def test_a_failed_document_is_tried_again_by_the_next_run(
    hostile: IngestParams, tolerant: None, graph: Graph
) -> None:
    run(hostile)
    _, second = run(hostile)
    assert (second.counts.processed, second.counts.unchanged, len(second.failures)) == (0, 4, 1)
    failed = graph.query(
        "MATCH (f:FailedDocument) RETURN f.id AS id, f.stage AS stage, f.attempts AS attempts, "
        "f.error AS error ORDER BY id"
    )
    assert [(each["id"], each["stage"], each["attempts"]) for each in failed] == [
        ("mine:long", "extract", 2),
        ("mine:no-text", "read", 2),
    ]
    assert "Ada Lovelace" not in failed[0]["error"]


def test_a_document_that_failed_twice_waits(
    hostile: IngestParams, tolerant: None, graph: Graph
) -> None:
    run(hostile)
    run(hostile)
    _, last = run(hostile)
    assert (last.counts.waiting, last.failures) == (2, ())  # with the record that cannot be read


def test_a_run_fails_when_too_much_fails_but_keeps_what_it_wrote(
    hostile: IngestParams, graph: Graph
) -> None:
    state, report = run(hostile)
    assert state.is_failed()
    assert report.counts.failed_share == pytest.approx(
        3 / 8
    )  # a duplicate or an empty text is none
    assert _documents(graph) == IN_THE_GRAPH
    assert graph.query("MATCH (r:Run) RETURN r.state AS state") == [{"state": "Failed"}]


def test_a_document_that_changed_its_language_is_skipped_and_leaves_no_trace(
    tmp_path: Path, graph: Graph
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in GOOD) + "\n", encoding="utf-8")
    run(IngestParams(path=file, name="mine"))
    assert _documents(graph) == {"mine:ada", "mine:curie"}
    file.write_text("\n".join(json.dumps(each) for each in (GOOD[0], GERMAN)), encoding="utf-8")
    for gone in (1, 0):
        state, report = run(IngestParams(path=file, name="mine"))
        assert state.is_completed()
        assert (
            report.counts.read,
            report.counts.unchanged,
            report.counts.foreign,
            report.counts.gone,
        ) == (2, 1, 1, gone)
        [skipped] = report.skipped_records
        assert (skipped.document, skipped.place) == ("mine:curie", "curie")
        assert skipped.reason == "its language is 'de' (100% of its prose), not en"
        assert _documents(graph) == {"mine:ada"}
    assert graph.query("MATCH (f:FailedDocument) RETURN f.id AS id") == []


def _documents(graph: Graph) -> set[str]:
    return {each["id"] for each in graph.query("MATCH (d:Document) RETURN d.id AS id")}
