"""Reading after the server's own files were put back to an earlier state.

Nothing of the server tells of it: the index has its uuid, the shard its history, and a node that
was stopped for the copy gives out the very numbers and the very term again that were lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from tests.integration.corpus.reading import Reader, documents, ids
from tests.servers.elasticsearch import Node

pytestmark = pytest.mark.integration

REPLAYED, ELSE = "replayed", "else"
"""Where the lost documents are written again, the first of them corrected; and where others are."""


@pytest.fixture
def client(elasticsearch_node: Node) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_node.address, max_retries=0, request_timeout=60) as connected:
        yield connected


def write(client: Elasticsearch, index: str, numbers: range, text: str) -> None:
    operations: list[dict[str, Any]] = []
    for number in numbers:
        operations += [{"index": {"_id": str(number)}}, {"text": f"{text} {number}."}]
    assert not client.bulk(index=index, operations=operations)["errors"]


def terms(client: Elasticsearch, index: str) -> set[int]:
    client.indices.refresh(index=index)
    found = client.search(index=index, size=200, seq_no_primary_term=True, source=False)
    return {hit["_primary_term"] for hit in found["hits"]["hits"]}


@pytest.mark.long
def test_nothing_is_lost_when_files_are_put_back_and_written_to(
    elasticsearch_node: Node, client: Elasticsearch, caplog: pytest.LogCaptureFixture
) -> None:
    node = elasticsearch_node
    server = Elastic(client, address="node", attempts=12, first_wait_seconds=0.2)
    at_once, later = Reader(server, REPLAYED), Reader(server, ELSE)
    for index in (REPLAYED, ELSE):
        write(client, index, range(20), "Kept")
    node.kill()
    kept = node.keep_data()

    node.start()
    for index in (REPLAYED, ELSE):
        write(client, index, range(20, 70), "Lost")
    for reader in (at_once, later):
        assert documents(reader.read()) == ids(*range(70))
    lost = terms(client, ELSE)
    node.kill()
    node.put_back(kept)

    node.start()
    write(client, REPLAYED, range(20, 40), "Corrected")
    write(client, REPLAYED, range(40, 80), "Lost")
    write(client, ELSE, range(100, 160), "New")
    assert terms(client, ELSE) == lost, "the same term is given again"
    assert documents(at_once.read()) == ids(*range(80))
    assert f"{REPLAYED}, shard 0: it has not the operations" in caplog.text
    assert at_once.read() == []
    node.kill()

    node.start()
    caplog.clear()
    write(client, REPLAYED, range(200, 203), "New")
    assert documents(at_once.read()) == ids(200, 201, 202), "a start alone loses nothing"
    assert not caplog.text
    assert documents(later.read()) == ids(*range(20), *range(100, 160))
    assert f"{ELSE}, shard 0: it has not the operations" in caplog.text
