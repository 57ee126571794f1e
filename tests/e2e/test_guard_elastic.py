"""An index that is followed by number: the cursor never passes what is not yet retracted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from flows.components import close_components, components
from flows.params import IngestParams
from graph.client import Graph
from tests.e2e.running import run

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

SAMPLES = Path("samples/documents.jsonl")
INGEST = IngestParams()


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as connected:
        yield connected


@pytest.fixture
def index(
    client: Elasticsearch,
    elasticsearch_url: str,
    local_profile: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Eight documents, of which those are read that are public."""
    name = f"factloom-test-{uuid4().hex[:12]}"
    for number, line in enumerate(SAMPLES.read_text(encoding="utf-8").splitlines()[:8]):
        record = {"text": json.loads(line)["text"], "public": True, "seen": True}
        client.index(index=name, id=str(number), document=record)
    settings = {
        "FACTLOOM_SOURCE__KIND": "elasticsearch",
        "FACTLOOM_SOURCE__NAME": "wiki",
        "FACTLOOM_ELASTICSEARCH__URL": elasticsearch_url,
        "FACTLOOM_ELASTICSEARCH__INDEX": name,
        "FACTLOOM_ELASTICSEARCH__QUERY": '{"term": {"public": true}}',
    }
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    close_components()
    yield name
    client.indices.delete(index=name)


def known(graph: Graph) -> list[str]:
    return sorted(each["id"] for each in graph.query("MATCH (d:Document) RETURN d.id AS id"))


def position(graph: Graph) -> str:
    cursor = graph.cursor("wiki")
    assert cursor is not None
    return cursor.position


def test_what_no_longer_matches_is_seen_again_until_somebody_lets_it_go(
    index: str, client: Elasticsearch
) -> None:
    graph = components().graph
    run(INGEST)
    before = position(graph)

    def change(numbers: range, document: dict[str, Any]) -> None:
        for number in numbers:
            client.update(index=index, id=str(number), doc=document)

    change(range(3), {"public": False})
    change(range(3, 4), {"text": ""})
    client.index(index=index, id="4", document={"public": True, "seen": True})
    change(range(5, 6), {"text": "Ada Lovelace was born in London."})
    for processed in (1, 0):
        state, report = run(INGEST)
        assert state.is_failed()
        assert (report.counts.held, report.counts.gone, report.counts.processed) == (
            5,
            0,
            processed,
        )
        assert "(2 emptied, 3 no longer matching the query)" in report.refusal
        assert position(graph) == before
        assert len(known(graph)) == 8

    state, report = run(INGEST.model_copy(update={"max_retracted_share": 1.0}))
    assert state.is_completed()
    assert known(graph) == ["wiki:5", "wiki:6", "wiki:7"]
    assert position(graph) != before
    assert graph.failures("wiki") == []

    state, report = run(INGEST)
    assert state.is_completed()
    assert (report.counts.read, report.counts.empty, report.counts.skipped) == (0, 0, 0)


def test_a_wrong_field_does_not_empty_the_graph(
    index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(INGEST)
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__FIELDS__DELETED", "seen")
    close_components()
    state, report = run(INGEST)
    assert state.is_failed()
    assert "8 of the 8 documents of wiki would be (8 marked as deleted)" in report.refusal
    assert len(known(components().graph)) == 8
