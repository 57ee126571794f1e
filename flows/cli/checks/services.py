"""What `factloom doctor` checks of the services: source, entity index, graph, Prefect."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from importlib.util import find_spec

from config.settings import Settings
from corpus.errors import CorpusError, SourceUnavailable
from corpus.source import DocumentSource, Record, Skipped
from extractor.schema import Document
from flows.cli.checks.entities import entities_check, linked_share
from flows.cli.checks.machine import INSTALL, Check, fail, ok, warn
from flows.components import Components
from flows.connections import connect_elasticsearch
from graph.client import Graph, connect
from graph.driver.turns import FOLLOWED_VERSION, SCHEMA_VERSION
from graph.errors import GraphError, GraphUnavailable
from graph.server.embedded import EmbeddedServer

VERSIONS = "CALL dbms.components() YIELD name, versions, edition RETURN versions[0] + ' ' + edition"


def service_checks(settings: Settings) -> Iterator[Check]:
    """Yield what the services say; nothing is written to any of them."""
    with closing(Components(settings)) as parts:
        kinds = (settings.source.kind, settings.entities.kind)
        server = elasticsearch_check(settings) if "elasticsearch" in kinds else None
        if server is not None:
            yield server
        if server is None or server.state != "fail":
            yield source_check(parts)
            yield entities_check(parts)
        if settings.graph.kind == "embedded":
            yield embedded_check(parts.server())
        else:
            yield neo4j_check(settings)
        yield prefect_check()


def elasticsearch_check(settings: Settings) -> Check:
    """Check that Elasticsearch answers to these credentials; one attempt, without patience."""
    url = settings.elasticsearch.url
    try:
        with closing(connect_elasticsearch(settings.elasticsearch, patient=False)) as server:
            return ok("Elasticsearch", f"{url}, version {server.version() or 'hidden'}")
    except SourceUnavailable as error:
        return fail("Elasticsearch", str(error), "start it, or set FACTLOOM_ELASTICSEARCH__URL")
    except CorpusError as error:
        remedy = (
            "set FACTLOOM_ELASTICSEARCH__API_KEY, or .._USERNAME and .._PASSWORD, or .._CA_CERTS"
        )
        return fail("Elasticsearch", str(error), remedy)


def source_check(parts: Components) -> Check:
    """Check that the source gives a document: that it exists, may be read, and has our fields."""
    chosen = parts.settings.source
    variables = "FACTLOOM_SOURCE__PATH"
    if chosen.kind == "elasticsearch":
        variables = "FACTLOOM_ELASTICSEARCH__INDEX, .._QUERY and .._FIELDS__*"
    remedy = f"correct {variables}"
    try:
        with closing(parts.source()) as source:
            first = _first_record(source)
    except CorpusError as error:
        return fail("source", str(error), remedy)
    if first is None:
        return warn("source", f"{chosen.name} has no documents", remedy)
    if isinstance(first, Skipped):
        return warn("source", f"{first.source}, {first.place}: {first.reason}", remedy)
    given = first.id if isinstance(first, Document) else first.document
    return ok("source", f"{chosen.name} gives documents, first {given}")


def _first_record(source: DocumentSource) -> Record | None:
    pages = source.pages("")
    try:
        return next((record for page in pages for record in page.records), None)
    finally:
        if isinstance(pages, Generator):
            pages.close()  # what reads ahead stops


def embedded_check(server: EmbeddedServer) -> Check:
    """Check the embedded graph server, without starting it."""
    if find_spec("arcadedb_embedded") is None:
        return fail("graph", "arcadedb-embedded is not installed", INSTALL)
    if not server.running():
        return ok("graph", f"embedded, not running; starts on first use, port {server.port}")
    try:
        with connect(
            server.uri,
            username=server.username,
            password=server.password,
            database=server.database,
        ) as graph:
            return _graph_check(graph, f"embedded, {server.uri}")
    except GraphError as error:
        remedy = "factloom down, then factloom up; its log is in " + str(server.files.log)
        return fail("graph", str(error), remedy)


def neo4j_check(settings: Settings) -> Check:
    """Check that Neo4j answers to these credentials and holds nothing foreign."""
    try:
        with closing(Components(settings)) as parts:
            (server,) = parts.graph.query(VERSIONS)[0].values()
            return _graph_check(parts.graph, f"Neo4j {server}, {settings.graph.uri}")
    except GraphUnavailable as error:
        return fail("graph", str(error), "start Neo4j, or set FACTLOOM_GRAPH__URI")
    except GraphError as error:
        remedy = "set FACTLOOM_GRAPH__USERNAME, .._PASSWORD and .._DATABASE"
        return fail("graph", str(error), remedy)


def prefect_check() -> Check:
    """Check that Prefect's API answers, where one is named."""
    from httpx import HTTPError
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    if not (address := PREFECT_API_URL.value()):
        return ok("Prefect", "no PREFECT_API_URL: each run starts the local API")
    try:
        with get_client(sync_client=True) as client:
            return ok("Prefect", f"{address}, version {client.api_version()}")
    except HTTPError as error:
        remedy = "start the server, or correct PREFECT_API_URL and PREFECT_API_AUTH_STRING"
        return fail("Prefect", f"{address}: {str(error) or type(error).__name__}", remedy)


def _graph_check(graph: Graph, server: str) -> Check:
    versions = [record["version"] for record in graph.read("read_schema")]
    if not versions:
        return ok("graph", f"{server}, empty")
    if versions == [FOLLOWED_VERSION]:
        return warn("graph", f"{server}, as version 0.1 wrote it", "factloom setup takes it over")
    if versions != [SCHEMA_VERSION]:
        detail = f"{server}, schema {versions[0]}; this Factloom writes {SCHEMA_VERSION}"
        return fail("graph", detail, "use the Factloom that wrote it, or an empty database")
    counts = graph.counts()
    edges = f"{counts['edges']} edges, {counts['possible']} of them only possible"
    held = f"{counts['documents']} documents, {edges}"
    return ok("graph", f"{server}, {linked_share(counts)}, {held}")
