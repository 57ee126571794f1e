"""The knowledge base merges two entries: the graph follows, without the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows import components
from flows.params import IngestParams, ReconcileParams
from flows.reconcile import ReconcileReport, reconcile
from flows.run.prefect_state import report_of
from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from tests.e2e.running import MARGIN_STEP, run

pytestmark = pytest.mark.e2e

ADA = {"id": "own:ada", "name": "Ada Lovelace", "type": "PER", "popularity": 9}
TOWN = {"id": "own:town", "name": "London", "type": "LOC", "popularity": 9}
CITY = {**TOWN, "id": "own:city", "description": "capital", "former_ids": ["own:town"]}


def document(title: str, person: str) -> dict[str, Any]:
    """Return a document in DocRED's format that brings its own mentions."""
    words = [*person.split(), "was", "born", "in", "London", "."]
    named = ((person, 0, 2, "PER"), ("London", 5, 6, "LOC"))
    clusters = [
        [{"name": name, "sent_id": 0, "pos": [start, end], "type": type_}]
        for name, start, end, type_ in named
    ]
    return {"title": title, "sents": [words], "vertexSet": clusters}


@pytest.fixture
def params(tmp_path: Path) -> IngestParams:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps([document("One", "Ada Lovelace"), document("Two", "Eva Braun")]))
    return IngestParams(path=path, name="mine", batch_documents=1)


def index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: Sequence[Mapping[str, Any]]
) -> Graph:
    """Let the entity index be another; return the graph of a process that begins then."""
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
    path.write_text("\n".join(map(json.dumps, entries)) + "\n")
    monkeypatch.setenv("FACTLOOM_ENTITIES__PATH", str(path))
    components.close_components()
    return components.components().graph


def documents_of(graph: Graph) -> dict[str, int]:
    found = graph.query(
        "MATCH (e:Entity {linked: true})-[:MENTIONED_IN]->(d) RETURN e.id AS id, count(d) AS n"
    )
    return {each["id"]: each["n"] for each in found}


@pytest.mark.usefixtures("local_profile")
def test_entities_follow_their_entries(
    params: IngestParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = index(tmp_path, monkeypatch, [ADA, TOWN])
    run(params)
    assert documents_of(graph) == {"own:ada": 1, "own:town": 2}

    graph = index(tmp_path, monkeypatch, [CITY])
    state = reconcile(ReconcileParams(path=params.path, name=params.name), return_state=True)
    report = report_of(state)
    assert isinstance(report, ReconcileReport), report
    assert (report.linked, report.absent, report.written.entities_rekeyed) == (2, 1, 1)
    assert documents_of(graph) == {"own:ada": 1, "own:city": 2}, "nothing is lost"
    assert [each.id for each in graph.find("own:town")] == ["own:city"]
    assert "extractor" not in vars(components.components())

    _, report_of_ingest = run(params)
    assert (report_of_ingest.counts.processed, report_of_ingest.counts.entities_rekeyed) == (2, 1)
    assert documents_of(graph) == {"own:city": 2}, "whom the index has no more is NIL now"


@pytest.mark.usefixtures("local_profile")
def test_ingest_follows_before_it_reads(
    params: IngestParams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = index(tmp_path, monkeypatch, [ADA, TOWN])
    run(params)
    graph = index(tmp_path, monkeypatch, [ADA, CITY])
    version = components.components().entities.version
    assert graph.followed_index() != version

    _, report = run(params.model_copy(update={"limit": 1}))
    assert report.counts.entities_rekeyed == 1
    assert documents_of(graph) == {"own:ada": 1, "own:city": 2}, "the document that waits as well"
    assert graph.followed_index() == version
    run(params)
    followed = snapshot(graph)
    _, report = run(params)
    assert report.counts.processed == report.counts.entities_rekeyed == 0
    assert diff(followed, snapshot(graph), tolerance=MARGIN_STEP) == []
