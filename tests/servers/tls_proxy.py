"""A TLS proxy before a server of the tests, which lets only one Authorization header through.

The Elasticsearch of the tests has no security module: this stands where a user's own server, or the
proxy before it, checks who asks.
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.cli.certificates import new_authority, new_server

NOT_FORWARDED = {
    *("authorization", "connection", "content-length", "host", "keep-alive", "transfer-encoding")
}


@dataclass(kw_only=True)
class TlsProxy:
    """A running proxy."""

    url: str
    ca_certs: Path
    allowed: str
    """The one Authorization header that passes."""
    withheld: set[str] = field(default_factory=set)
    """First parts of paths that it answers with 403."""


@contextmanager
def tls_proxy(
    address: str, folder: Path, *, allowed: str, certificate: str = "server"
) -> Iterator[TlsProxy]:
    """Have a proxy before `address`; the authority's certificate lies in `folder` as ca.crt.

    Args:
        address: of the server behind it.
        folder: of the certificates, which are made where they are missing.
        allowed: the one Authorization header that passes.
        certificate: name of the proxy's own.
    """
    chain, key = folder / f"{certificate}.crt", folder / f"{certificate}.key"
    if not chain.exists():
        authority = new_authority("Test")
        signed = new_server(authority, ("127.0.0.1",))
        (folder / "ca.crt").write_bytes(authority.certificate)
        chain.write_bytes(signed.certificate)
        key.write_bytes(signed.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        # The handshake is the connection's own, so that a client that breaks it stops nobody.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.upstream = urlsplit(address).netloc
        server.proxy = TlsProxy(
            url=f"https://127.0.0.1:{server.server_port}",
            ca_certs=folder / "ca.crt",
            allowed=allowed,
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.proxy
        finally:
            server.shutdown()
            thread.join()


def basic(user: str, password: str) -> str:
    """Return the Authorization header of a user with a password."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class _Server(ThreadingHTTPServer):
    proxy: TlsProxy
    upstream: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent where a client broke the handshake off: that is what it was to do."""
        if not isinstance(sys.exc_info()[1], ssl.SSLError | ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        proxy = self.server.proxy
        if self.headers.get("authorization") != proxy.allowed:
            self._refuse(401, "missing or wrong credentials")
        elif self.path.split("?")[0].strip("/").split("/")[0] in proxy.withheld:
            self._refuse(403, "this key may not do that")
        else:
            self._pass_on(body)

    def _pass_on(self, body: bytes) -> None:
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED
        }
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=60)
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            upstream.close()

    def _refuse(self, status: int, reason: str) -> None:
        error = {"type": "security_exception", "reason": reason}
        told = {"error": {**error, "root_cause": [error]}, "status": status}
        kind = [("content-type", "application/json"), ("x-elastic-product", "Elasticsearch")]
        self._answer(status, kind, json.dumps(told).encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in NOT_FORWARDED:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""
