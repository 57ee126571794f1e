"""A connection to the real server, and index names that nobody else has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic, connect


@pytest.fixture
def server(elasticsearch_url: str) -> Iterator[Elastic]:
    with closing(connect(url=elasticsearch_url)) as connected:
        yield connected


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    """The vendor's client, to prepare and to inspect behind the product's back."""
    with Elasticsearch(elasticsearch_url, request_timeout=60) as connected:
        yield connected


@pytest.fixture
def name(client: Elasticsearch) -> Iterator[str]:
    """A prefix for index names and aliases; all that has it is removed after the test."""
    prefix = f"factloom-test-{uuid4().hex[:12]}"
    yield prefix
    for index in client.indices.get(index=f"{prefix}*"):
        client.indices.delete(index=index)


FillIndex = Callable[..., None]


@pytest.fixture
def fill(client: Elasticsearch) -> FillIndex:
    """Create an index as a user has it, with these records by id."""

    def create(
        index: str,
        records: dict[str, dict[str, Any]],
        *,
        shards: int = 1,
        mappings: dict[str, Any] | None = None,
        aliases: dict[str, Any] | None = None,
    ) -> None:
        settings = {"number_of_shards": shards, "number_of_replicas": 0}
        client.indices.create(index=index, settings=settings, mappings=mappings, aliases=aliases)
        operations: list[dict[str, Any]] = []
        for identifier, record in records.items():
            operations += [{"index": {"_id": identifier}}, record]
        answer = client.bulk(index=index, operations=operations, refresh=True)
        assert not answer["errors"]

    return create
