"""CSV as neo4j-admin reads it: quotes tell strings from nothing, U+001F separates lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import GraphRejected
from graph.export.csv import FILES, SEPARATOR, CsvFiles, import_options
from graph.export.pages import TablePage
from graph.model.tables import CORRECTIONS, EDGES, ENTITIES, EVIDENCE, Kind, Row, Table

ENTITY: Row = dict.fromkeys(ENTITIES.columns, "") | {
    "id": "wikidata:Q1",
    "labels": ["Person"],
    "aliases": ['A "b"', "c;d, e"],
    "former_ids": [],
    "linked": True,
    "link_confidence": 0.1 + 0.2,
    "description": 'two\r\nlines, "quoted"',
    "kb_id": None,
}


def cells(text: str) -> Iterator[list[str | None]]:
    """Read CSV as the importer does: no value without quotes is one; the standard library's
    reader cannot tell the two apart."""
    row: list[str | None] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            cell, at = "", at + 1
            while text[at : at + 2] == '""' or text[at] != '"':
                cell, at = cell + text[at], at + (2 if text[at] == '"' else 1)
            at += 1
            row.append(cell)
        else:
            end = min(place for c in ",\n" if (place := text.find(c, at)) >= 0)
            row.append(text[at:end] or None)
            at = end
        if text[at] == "\n":
            yield row
            row = []
        else:
            assert text[at] == ","
        at += 1


def written(folder: Path, table: Table, *rows: Row, file: str = "") -> list[dict[str, object]]:
    """Write rows and read them back by header."""
    folder.mkdir(exist_ok=True)
    with closing(CsvFiles(folder)) as files:
        files.write(TablePage(table, rows))
    text = (folder / (file or f"{table.name}.csv")).read_bytes().decode()
    header, *lines = cells(text)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    (row,) = written(tmp_path, ENTITIES, ENTITY)
    assert row["id:ID(Entity)"] == "wikidata:Q1"
    assert row[":LABEL"] == "Person"
    assert row["aliases:string[]"] == SEPARATOR.join(ENTITY["aliases"])
    assert row["description:string"] == ENTITY["description"]
    assert row["linked:boolean"] == "true"
    assert float(str(row["link_confidence:double"])) == 0.1 + 0.2


def test_an_empty_string_an_empty_list_and_nothing_differ(tmp_path: Path) -> None:
    (row,) = written(tmp_path, ENTITIES, ENTITY)
    assert row["name:string"] == row["former_ids:string[]"] == ""
    assert row["kb_id:string"] is None


@settings(max_examples=30)  # each opens all files of an export
@given(
    name=st.text(),
    aliases=st.lists(st.text(min_size=1).map(lambda text: text.replace(SEPARATOR, " "))),
)
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, name: str, aliases: list[str]
) -> None:
    row = ENTITY | {"name": name, "aliases": aliases}
    (back,) = written(tmp_path_factory.getbasetemp() / "any", ENTITIES, row)
    assert back["name:string"] == name
    assert str(back["aliases:string[]"]).split(SEPARATOR) == (aliases or [""])


@pytest.mark.parametrize("aliases", [["a\x1fb"], [""]])
def test_a_list_that_would_be_read_as_another_is_refused(
    tmp_path: Path, aliases: list[str]
) -> None:
    with pytest.raises(GraphRejected, match=r"entities: wikidata:Q1: .*Parquet"):
        written(tmp_path, ENTITIES, ENTITY | {"aliases": aliases})


def test_evidence_is_a_node_and_what_it_is_from(tmp_path: Path) -> None:
    row: Row = {
        name: {Kind.STRING: "x", Kind.NUMBER: 1.5, Kind.INTEGERS: [0, 12]}[kind]
        for name, kind in EVIDENCE.columns.items()
    } | {"id": "v1", "document": "press:1"}
    (node,) = written(tmp_path, EVIDENCE, row)
    assert node["id:ID(Evidence)"] == "v1"
    assert node["sentences:long[]"] == "0\x1f12"
    (end,) = written(tmp_path, EVIDENCE, row, file="evidence_from.csv")
    assert end == {":START_ID(Evidence)": "v1", ":END_ID(Document)": "press:1"}


def test_the_relation_of_an_edge_is_its_id_in_the_graph(tmp_path: Path) -> None:
    row: Row = dict.fromkeys(EDGES.columns) | {"head": "a", "type": "R", "tail": "b"}
    (edge,) = written(tmp_path, EDGES, row | {"relation": "P19"})
    assert (edge[":START_ID(Entity)"], edge[":TYPE"], edge[":END_ID(Entity)"]) == ("a", "R", "b")
    assert edge["id:string"] == "P19"
    assert edge["margin:double"] is None


def test_the_imported_graph_can_be_written(tmp_path: Path) -> None:
    written(tmp_path, CORRECTIONS)
    text = (tmp_path / "writer.csv").read_text()
    assert text == 'id:string,turn:long,run:string,started_at:string\n"factloom",0,"",""\n'


def test_every_file_is_there_and_imported(tmp_path: Path) -> None:
    written(tmp_path, CORRECTIONS)
    names = {path.name for path in tmp_path.iterdir()} - {"after_import.cypher"}
    assert names == {file.name for file in FILES}
    assert names == {option.rpartition("=")[2] for option in import_options() if ".csv" in option}


def test_lists_that_the_importer_drops_come_back_afterwards(tmp_path: Path) -> None:
    written(tmp_path, CORRECTIONS)
    lines = (tmp_path / "after_import.cypher").read_text().splitlines()
    assert [line.partition(" IS NULL")[0] for line in lines] == [
        "MATCH (n:Entity) WHERE n.aliases",
        "MATCH (n:Entity) WHERE n.former_ids",
        "MATCH (n:Evidence) WHERE n.sentences",
        "MATCH (n:Evidence) WHERE n.pages",
    ]
