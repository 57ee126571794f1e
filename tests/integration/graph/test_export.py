"""Exports hold the whole graph: read page by page on both servers, and imported by neo4j-admin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase
from pyarrow import parquet

from flows.cli.exporting import export_graph
from graph.client import Graph, connect
from graph.export.csv import import_options
from graph.export.pages import ExportReport, pages
from graph.model.tables import TABLES, Row
from graph.reading.snapshot import IGNORED_PROPERTIES, diff, snapshot
from tests.integration.graph.conftest import Database
from tests.servers.neo4j import Neo4jServer, imported_neo4j
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

HOSTILE = 'a "quoted", line\nand\r\nanother; \\" \t é 東 \u2028 𝒳 \' |'
CORRECTION = {
    "id": "c1",
    "head": "wikidata:Q1",
    "relation": "P19",
    "tail": "wikidata:Q2",
    "verdict": "rejected",
    "by": HOSTILE,
    "at": "2026-01-01T00:00:00Z",
    "note": "",
    "head_entity": '{"aliases": ["a", "b"]}',
    "tail_entity": "",
}


def fill(graph: Graph, database: Database) -> None:
    """Write a graph with everything in it: hubs, parallel edges, hostile text, corrections."""
    hostile = extraction(99, sentence=HOSTILE)
    document = replace(hostile.document, title=HOSTILE, url='https://x.org/?a="b",c')
    entities = [replace(each, description=HOSTILE) for each in hostile.entities]
    corpus = [*random_corpus(30, 5), replace(hostile, document=document, entities=tuple(entities))]
    graph.writer(RUN, RELATIONS).upsert(corpus)
    database.run("CREATE (c:Correction) SET c = $props", props=CORRECTION)


def quiet(done: int, total: int) -> None:
    """Show nothing."""


def test_pages_hold_the_whole_graph(graph: Graph, database: Database) -> None:
    fill(graph, database)
    whole, report = snapshot(graph), ExportReport()
    rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
    for page in pages(graph.read, report, possible=True, nodes=4, edges=3):
        rows[page.table.name] += page.rows
    assert not report.left_out
    assert nodes_of(rows) == {key: plain(node) for key, node in whole.nodes.items()}
    assert edges_of(rows) == {key: plain(edge) for key, edge in whole.edges.items()}
    assert len(rows["edges"]) > 30  # hubs with more edges than a page are among them


def test_parquet_holds_the_whole_graph(graph: Graph, database: Database, tmp_path: Path) -> None:
    fill(graph, database)
    whole = snapshot(graph)
    export_graph(graph.read, tmp_path / "out", "parquet", quiet, possible=True)
    rows = {
        table.name: parquet.read_table(tmp_path / "out" / f"{table.name}.parquet").to_pylist()
        for table in TABLES
    }
    assert nodes_of(rows) == {key: plain(node) for key, node in whole.nodes.items()}
    assert edges_of(rows) == {key: plain(edge) for key, edge in whole.edges.items()}


def test_possible_edges_are_left_out_and_come_back_with_the_next_run(
    graph: Graph, database: Database
) -> None:
    """What an import of such an export lacks, the evidence has."""
    fill(graph, database)
    whole, report = snapshot(graph), ExportReport()
    shown = [row for page in pages(graph.read, report) for row in page.rows if "tail" in row]
    assert report.possible == graph.counts()["possible"] > 0
    assert {row["status"] for row in shown if "type" in row} == {"asserted"}

    database.run("MATCH (:Entity)-[r]->(:Entity) WHERE r.status = 'possible' DELETE r")
    writer = graph.writer(RUN, RELATIONS)
    writer.start_run()
    assert sum(each.possible_new for each in writer.follow_setting()) == report.possible
    assert diff(whole, snapshot(graph)) == []


@pytest.mark.long
@pytest.mark.neo4j
@pytest.mark.parametrize("database", ["embedded"], indirect=True)
def test_what_neo4j_admin_imports_is_the_same_graph(
    graph: Graph, database: Database, tmp_path: Path
) -> None:
    fill(graph, database)
    whole = snapshot(graph)
    export_graph(graph.read, tmp_path / "out", "csv", quiet, possible=True)
    with imported_neo4j(tmp_path / "neo4j", tmp_path / "out", import_options()) as server:
        imported = connect(
            server.uri,
            username=server.username,
            password=server.password,
            database=server.database,
        )
        run_script(server, tmp_path / "out" / "after_import.cypher")
        with imported:
            assert diff(whole, snapshot(imported)) == []
            imported.ensure_schema()
            imported.writer(RUN, RELATIONS).start_run()
            imported.writer(RUN, RELATIONS).upsert(random_corpus(30, 5))
            assert diff(whole, snapshot(imported)) == []


def run_script(server: Neo4jServer, script: Path) -> None:
    """Run statements one by one, as cypher-shell does."""
    with (
        GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver,
        driver.session(database=server.database) as session,
    ):
        for statement in script.read_text().split(";\n"):
            if statement:
                session.run(statement).consume()


def nodes_of(rows: dict[str, list[Row]]) -> dict[str, Any]:
    """Return the nodes of exported tables in the form of a snapshot."""
    [schema] = rows["schema"]
    found = {"Schema factloom": plain(schema)}
    for table, label in (
        ("documents", "Document"),
        ("evidence", "Evidence"),
        ("corrections", "Correction"),
    ):
        found |= {f"{label} {row['id']}": plain(row) for row in rows[table]}
    for row in rows["entities"]:
        labels = ":".join(sorted(["Entity", *row["labels"]]))
        found[f"{labels} {row['id']}"] = plain(row, without={"labels"})
    return found


def edges_of(rows: dict[str, list[Row]]) -> dict[str, Any]:
    """Return the edges of exported tables in the form of a snapshot."""
    found: dict[str, Any] = {
        f"{row['id']} -FROM-> {row['document']}": {} for row in rows["evidence"]
    }
    for row in rows["mentions"]:
        key = f"{row['entity']} -MENTIONED_IN-> {row['document']}"
        found[key] = plain(row, without={"entity", "document"})
    for row in rows["edges"]:
        key = f"{row['head']} -{row['type']}-> {row['tail']}"
        own = plain(row, without={"head", "type", "tail", "relation"})
        found[key] = own | {"id": row["relation"]}
    return found


def plain(row: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Return what a snapshot keeps of a row."""
    ignored = {*IGNORED_PROPERTIES, *without}
    return {name: value for name, value in row.items() if name not in ignored and value is not None}
