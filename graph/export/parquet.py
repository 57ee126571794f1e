"""The graph as Parquet: one file for each table, typed, for pandas, DuckDB, Spark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from graph.export.pages import TablePage
from graph.model.tables import TABLES, Kind, Table

ROW_GROUP_BYTES = 32 * 2**20
"""Pages are collected until a row group is worth reading on its own."""
TYPES = {
    Kind.STRING: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.STRINGS: pa.list_(pa.string()),
    Kind.INTEGERS: pa.list_(pa.int64()),
}


class ParquetFiles:
    """The files of one export, whole after `close`."""

    def __init__(self, folder: Path) -> None:
        self._files = {table.name: _ParquetFile(folder, table) for table in TABLES}

    def write(self, page: TablePage) -> None:
        """Add the rows of a page."""
        self._files[page.table.name].write(page)

    def close(self) -> None:
        """Write what is left, and the ends of the files."""
        for file in self._files.values():
            file.close()


class _ParquetFile:
    def __init__(self, folder: Path, table: Table) -> None:
        self._schema = pa.schema([(name, TYPES[kind]) for name, kind in table.columns.items()])
        self._writer: Any = parquet.ParquetWriter(folder / f"{table.name}.parquet", self._schema)
        self._batches: list[Any] = []

    def write(self, page: TablePage) -> None:
        self._batches.append(pa.RecordBatch.from_pylist(list(page.rows), schema=self._schema))
        if sum(batch.nbytes for batch in self._batches) > ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        rows = pa.Table.from_batches(self._batches, schema=self._schema)
        self._writer.write_table(rows, row_group_size=max(1, rows.num_rows))
        self._batches = []
