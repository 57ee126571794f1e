"""Reading while others write, and through a proxy that is in trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.stores import Store, texts_of

pytestmark = pytest.mark.integration

WRITERS = 8
PASSES = 3


def write_until(
    stop: threading.Event, client: Elasticsearch, indices: list[str], seed: int
) -> None:
    """Index, update and delete, in bulks and one by one; each thread its own ids."""
    random = Random(seed)
    index, versions = random.choice(indices), count()
    while not stop.wait(0.02):
        operations: list[dict[str, Any]] = []
        for _ in range(random.choice([1, 1, 20, 100])):
            identifier = f"{seed}-{random.randrange(400)}"
            if random.random() < 0.2:
                operations.append({"delete": {"_index": index, "_id": identifier}})
            else:
                operations.append({"index": {"_index": index, "_id": identifier}})
                operations.append({"text": f"Ada met {next(versions)}."})
        client.bulk(operations=operations)


def test_eight_threads_write_while_two_indices_are_read_again_and_again(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    indices = [f"{name}-1", f"{name}-2"]
    for index in indices:
        fill(index, {index: {"text": "Ada."}}, shards=3, aliases=alias)
    source = ElasticsearchSource(
        server, name="wiki", index=f"{name}-docs", batch_size=500, follow="numbers"
    )
    store = Store(source)
    stop = threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write_until, stop, client, indices, n) for n in range(WRITERS)]
        try:
            found = [store.update() for _ in range(PASSES)]
        finally:
            stop.set()
    for each in writing:
        each.result()

    store.update()
    assert store.update() == 0, "what is settled is not read again"
    store.reconcile()

    assert all(found)
    assert store.texts() == texts_of(client, f"{name}-docs")
    assert {document.index for document in store.documents.values()} == set(indices)


class _Proxy(ThreadingHTTPServer):
    """Passes requests on, and refuses them while it is in trouble."""

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Forwarding)
        self.target = urlsplit(target).netloc
        self.trouble_until = 0.0
        self.refused = 0
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Forwarding(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Proxy

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if monotonic() < self.server.trouble_until:
            self.server.refused += 1
            page = [("content-type", "text/html")]
            self._answer((429, 503)[self.server.refused % 2], page, b"<h1>Trouble</h1>")
            return
        connection = HTTPConnection(self.server.target)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for header, value in headers:
            if header.lower() in ("content-type", "x-elastic-product"):
                self.send_header(header, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = forward

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@contextmanager
def proxy(target: str) -> Iterator[_Proxy]:
    with _Proxy(target) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_proxy_in_trouble_is_waited_for_and_nothing_is_read_twice(
    elasticsearch_url: str, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(name, {str(n): {"text": f"Ada met {n}."} for n in range(300)}, shards=3)
    with proxy(elasticsearch_url) as between, Elasticsearch(between.url, max_retries=0) as other:
        door = Elastic(other, address=between.url, first_wait_seconds=0.05)
        source = ElasticsearchSource(door, name="wiki", index=name, batch_size=20)
        store = Store(source)
        pages = store.pages()
        for number, _ in enumerate(pages):
            if number in (2, 9):
                between.trouble_until = monotonic() + 2

        assert between.refused >= 4
    assert store.texts() == texts_of(client, name)
    assert store.read == 300
