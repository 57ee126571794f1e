"""A server that answers as it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from corpus.elasticsearch.client import Elastic

Answer = tuple[int, dict[str, str], Any]


class Server(ThreadingHTTPServer):
    """Says what it is told to, one answer a request, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.server.asked.append((self.path, body))
        status, headers, told = self.server.answers.pop(0)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        defaults = {"content-type": "application/json", "x-elastic-product": "Elasticsearch"}
        for name, value in (defaults | headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


Connect = Callable[..., Elastic]


def count(elastic: Elastic) -> int:
    return int(elastic.call(lambda client: client.count(index="documents"))["count"])


def too_large(status: int) -> Answer:
    cause = {"type": "circuit_breaking_exception", "reason": "[parent] Data too large"}
    body = {"error": {"type": "search_phase_execution_exception", "root_cause": [cause]}}
    return (status, {}, body if status in (429, 503) else {})
