"""Parquet: typed columns, in files that grow by row groups."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow import parquet

from graph.export import parquet as export_parquet
from graph.export.pages import TablePage
from graph.export.parquet import ParquetFiles
from graph.model.tables import ENTITIES, MENTIONS, TABLES, Row

MENTION: Row = {
    "entity": "wikidata:Q1",
    "document": "press:1",
    "count": 2,
    "spans": [0, 3, 9, 12],
    "names": ['A "b"', "c;d\n"],
    "link_confidence": 0.1 + 0.2,
    "candidate": "wikidata:Q2",
    "candidate_confidence": 0.4,
}


def test_values_come_back_typed(tmp_path: Path) -> None:
    files = ParquetFiles(tmp_path)
    missing: Row = dict.fromkeys(MENTIONS.columns)
    files.write(TablePage(MENTIONS, [MENTION]))
    files.write(TablePage(MENTIONS, [missing | {"names": []}]))
    files.close()
    read = parquet.read_table(tmp_path / "mentions.parquet")
    assert read.to_pylist() == [MENTION, missing | {"names": []}]
    assert str(read.schema.field("spans").type) == "list<element: int64>"


def test_every_table_is_a_file_also_an_empty_one(tmp_path: Path) -> None:
    ParquetFiles(tmp_path).close()
    for table in TABLES:
        read = parquet.read_table(tmp_path / f"{table.name}.parquet")
        assert (read.num_rows, read.column_names) == (0, list(table.columns))


def test_pages_are_collected_into_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_parquet, "ROW_GROUP_BYTES", 2_000)
    files = ParquetFiles(tmp_path)
    entity: Row = dict.fromkeys(ENTITIES.columns)
    for number in range(40):
        files.write(TablePage(ENTITIES, [entity | {"id": str(number), "name": "x" * 100}]))
    files.close()
    found = parquet.ParquetFile(tmp_path / "entities.parquet")
    assert found.read()["id"].to_pylist() == [str(number) for number in range(40)]
    assert 2 <= found.num_row_groups <= 10
