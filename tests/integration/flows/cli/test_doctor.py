"""The doctor looks at real servers, and writes nothing to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import ElasticsearchSettings, GraphSettings, Settings
from flows.cli.checks.services import elasticsearch_check, embedded_check, neo4j_check
from graph.client import connect
from graph.driver.turns import SCHEMA_VERSION
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import Neo4jServer, free_port

pytestmark = pytest.mark.integration


def settings_of(server: Neo4jServer, password: str) -> Settings:
    return Settings(
        graph=GraphSettings(
            kind="neo4j",
            uri=server.uri,
            username=server.username,
            password=SecretStr(password),
            database=server.database,
        )
    )


def test_neo4j_is_named_with_its_version(neo4j_server: Neo4jServer) -> None:
    check = neo4j_check(settings_of(neo4j_server, neo4j_server.password))
    assert check.state == "ok", check
    assert check.detail.startswith("Neo4j ")
    assert "community" in check.detail


def test_a_graph_of_another_version_is_refused(neo4j_server: Neo4jServer) -> None:
    with connect(
        neo4j_server.uri,
        username=neo4j_server.username,
        password=neo4j_server.password,
        database=neo4j_server.database,
    ) as graph:
        graph.ensure_schema()
        set_version = "MATCH (s:Schema) SET s.version = $version"
        with graph._driver.session(database=neo4j_server.database) as session:
            session.run(set_version, version=SCHEMA_VERSION + 1).consume()
            try:
                check = neo4j_check(settings_of(neo4j_server, neo4j_server.password))
            finally:
                session.run(set_version, version=SCHEMA_VERSION).consume()
    assert check.state == "fail"
    assert f"schema {SCHEMA_VERSION + 1}" in check.detail


def test_an_embedded_server_is_looked_at_from_empty_on(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path, free_port())
    server.start()
    try:
        fresh = embedded_check(server)
        with connect(
            server.uri,
            username=server.username,
            password=server.password,
            database=server.database,
        ) as graph:
            graph.ensure_schema()
        used = embedded_check(server)
    finally:
        server.stop()
    assert fresh.state == "ok", fresh
    assert fresh.detail.endswith("empty")
    assert used.detail.endswith("0 documents, 0 edges, 0 of them only possible")


def test_elasticsearch_is_named_with_its_version(elasticsearch_url: str) -> None:
    check = elasticsearch_check(
        Settings(elasticsearch=ElasticsearchSettings(url=elasticsearch_url))
    )
    assert check.state == "ok", check
    assert "version 8." in check.detail or "version 9." in check.detail


def test_wrong_credentials_of_neo4j_are_named(neo4j_server: Neo4jServer) -> None:
    check = neo4j_check(settings_of(neo4j_server, "wrong-password"))
    assert check.state == "fail"
    assert "FACTLOOM_GRAPH__USERNAME" in check.remedy
    assert "wrong-password" not in str(check)
