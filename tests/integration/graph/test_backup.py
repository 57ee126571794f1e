"""Backup and restore as docs/how-to/operations.md says, on both servers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.client import Graph, connect
from graph.model.records import Champion, Correction, CursorState
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import Neo4jServer, free_port, neo4j_admin, neo4j_at
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration

STATE = CursorState(position="here", config_hash="config")
VERDICT = Correction(
    head="wikidata:Q1",
    relation="P19",
    tail="wikidata:Q2",
    verdict="confirmed",
    by="ada",
    at="2026-11-23T00:00:00Z",
    note="",
)


def opened(server: EmbeddedServer | Neo4jServer) -> Graph:
    return connect(
        server.uri,
        username=server.username,
        password=server.password,
        database=server.database,
    )


def fill(graph: Graph) -> None:
    graph.ensure_schema()
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(RUN, RELATIONS).upsert([extraction(n) for n in range(1, 6)])
    graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store([VERDICT])
    graph.writer(RUN, RELATIONS).move_cursor("tests", STATE)


def assert_restored(graph: Graph) -> None:
    """See that schema, cursor and corrections are there, and that it can be written."""
    graph.ensure_schema()
    assert graph.cursor("tests") == STATE
    assert [each.by for each in graph.corrections()] == ["ada"]
    graph.writer(RUN, RELATIONS).upsert([extraction(9)])
    assert graph.counts()["documents"] == 6


@pytest.mark.long
@pytest.mark.neo4j
def test_neo4j_comes_back_from_a_dump(tmp_path: Path) -> None:
    here, there, dumps = tmp_path / "here", tmp_path / "there", tmp_path / "dumps"
    for folder in (here, there, dumps):
        folder.mkdir()
    with neo4j_at(here) as server, opened(server) as graph:
        fill(graph)
        before = snapshot(graph)
    neo4j_admin(here, "database", "dump", "neo4j", f"--to-path={dumps}", folder=tmp_path)
    assert (dumps / "neo4j.dump").is_file()
    neo4j_admin(
        *(there, "database", "load", "neo4j", f"--from-path={dumps}", "--overwrite-destination"),
        folder=tmp_path,
    )
    with neo4j_at(there) as server, opened(server) as graph:
        assert diff(before, snapshot(graph)) == []
        assert_restored(graph)


def test_the_embedded_graph_comes_back_from_a_copy_of_its_folder(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "home", free_port())
    server.start()
    try:
        with opened(server) as graph:
            fill(graph)
            before = snapshot(graph)
    finally:
        server.stop()
    shutil.copytree(tmp_path / "home", tmp_path / "backup")
    restored = EmbeddedServer(tmp_path / "backup", free_port())
    restored.start()
    try:
        with opened(restored) as graph:
            assert diff(before, snapshot(graph)) == []
            assert_restored(graph)
    finally:
        restored.stop()
