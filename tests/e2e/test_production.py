"""The production profile gives the graph that the local profile gives."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import connect
from corpus.entities.elastic import ElasticsearchEntityIndex
from flows.components import close_components, components
from flows.params import IngestParams
from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from tests.e2e.conftest import empty
from tests.e2e.running import MARGIN_STEP, run
from tests.servers.neo4j import Neo4jServer

pytestmark = [pytest.mark.e2e, pytest.mark.integration]

SAMPLES = Path("samples/documents.jsonl")
ENTITIES = Path("samples/entities.jsonl")


def test_elasticsearch_and_neo4j_give_the_same_graph_as_one_machine(
    graph: Graph,
    elasticsearch_url: str,
    neo4j_server: Neo4jServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(IngestParams(path=SAMPLES, name="samples"))
    local = snapshot(graph)

    prefix = f"factloom-test-{uuid4().hex[:12]}"
    fill(elasticsearch_url, prefix)
    empty(neo4j_server)
    settings = {
        "FACTLOOM_PROFILE": "production",
        "FACTLOOM_SOURCE__NAME": "samples",
        "FACTLOOM_ELASTICSEARCH__URL": elasticsearch_url,
        "FACTLOOM_ELASTICSEARCH__INDEX": f"{prefix}-alias",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TITLE": "headline",
        "FACTLOOM_ELASTICSEARCH__FIELDS__TEXT": "body",
        "FACTLOOM_ELASTICSEARCH__BATCH_SIZE": "7",
        "FACTLOOM_ENTITIES__INDEX": f"{prefix}-entities",
        "FACTLOOM_GRAPH__URI": neo4j_server.uri,
        "FACTLOOM_GRAPH__USERNAME": neo4j_server.username,
        "FACTLOOM_GRAPH__PASSWORD": neo4j_server.password,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    close_components()
    _, report = run(IngestParams())
    assert (report.counts.processed, report.failures, report.counts.skipped) == (
        len(local_ids(local)),
        (),
        0,
    )
    production = snapshot(components().graph)
    # Documents come in another order, so in other batches: margins differ in their last digits.
    differences = diff(local, production, tolerance=MARGIN_STEP)
    # A document says which index holds it.
    assert [line for line in differences if ": index '' -> " not in line] == []
    assert len(differences) == len(local_ids(local))


def local_ids(found: Any) -> list[str]:
    """Return the keys of the documents in a snapshot."""
    return [key for key in found.nodes if key.startswith("Document ")]


def fill(url: str, prefix: str) -> None:
    """Make two indices of three shards behind one alias, as a user might have them."""
    records = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    with Elasticsearch(url, request_timeout=60) as client:
        for part in (0, 1):
            index = f"{prefix}-documents-{part}"
            client.indices.create(
                index=index,
                settings={"number_of_shards": 3, "number_of_replicas": 0},
                aliases={f"{prefix}-alias": {}},
            )
            operations: list[dict[str, Any]] = []
            for record in records[part::2]:
                body = {
                    "headline": record["title"],
                    "body": record["text"],
                    "updated_at": record["updated_at"],
                    "url": record["url"],
                }
                operations += [{"index": {"_id": record["id"]}}, body]
            assert not client.bulk(index=index, operations=operations, refresh=True)["errors"]
    with closing(connect(url=url)) as server:
        ElasticsearchEntityIndex.build(server, f"{prefix}-entities", ENTITIES)
