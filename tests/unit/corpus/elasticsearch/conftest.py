"""A server that answers as it is told to, and connections that hardly wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from tests.unit.corpus.elasticsearch.answering import Connect, Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def door(server: Server) -> Iterator[Connect]:
    """A connection that waits hardly at all."""
    opened: list[Elastic] = []

    def open_door(**options: Any) -> Elastic:
        client = Elasticsearch(server.url, max_retries=0)
        settings = {"address": server.url, "attempts": 4, "first_wait_seconds": 0.001}
        opened.append(Elastic(client, **{**settings, **options}))
        return opened[-1]

    yield open_door
    for elastic in opened:
        elastic.close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which nobody sits through."""
    asked: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", asked.append)
    return asked
