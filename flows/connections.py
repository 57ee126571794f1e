"""Settings -> connections to the graph and to Elasticsearch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.settings import ElasticsearchSettings, Settings

if TYPE_CHECKING:
    from corpus.elasticsearch.client import Elastic
    from graph.client import Graph
    from graph.server.embedded import EmbeddedServer

IMPATIENT_SECONDS = 10.0


def embedded_server(settings: Settings) -> EmbeddedServer:
    """Return the embedded graph server of the home folder, started or not."""
    from graph.server.embedded import EmbeddedServer

    return EmbeddedServer(settings.home, settings.graph.port)


def connect_graph(settings: Settings, seconds: float | None = None) -> Graph:
    """Return a connection to the graph; the embedded server is started for it.

    Args:
        settings: of this process.
        seconds: that a question may take, for who only reads; None: for who writes.
    """
    from graph.client import connect

    chosen = settings.graph
    if chosen.kind == "neo4j":
        assert chosen.password is not None  # the settings refuse Neo4j without one
        return connect(
            chosen.uri,
            username=chosen.username,
            password=chosen.password.get_secret_value(),
            database=chosen.database,
            ca_certs=chosen.ca_certs,
            seconds=seconds,
        )
    server = embedded_server(settings)
    server.start()
    return connect(
        server.uri,
        username=server.reader_username(seconds) if seconds else server.username,
        password=server.reader_password if seconds else server.password,
        database=server.database,
        seconds=seconds,
    )


def connect_elasticsearch(chosen: ElasticsearchSettings, *, patient: bool = True) -> Elastic:
    """Return a connection; without patience one request, of ten seconds, decides."""
    from corpus.elasticsearch.client import ATTEMPTS, connect

    seconds = chosen.request_timeout_seconds
    return connect(
        url=chosen.url,
        api_key=chosen.api_key.get_secret_value() if chosen.api_key else None,
        username=chosen.username,
        password=chosen.password.get_secret_value() if chosen.password else None,
        ca_certs=chosen.ca_certs,
        request_timeout_seconds=seconds if patient else min(IMPATIENT_SECONDS, seconds),
        attempts=ATTEMPTS if patient else 1,
    )
