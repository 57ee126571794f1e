"""Rows of a CSV file that a person wrote, each with its line for messages."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import DatasetRejected


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column, without white space around them; none is empty."""

    place: str
    """'triples.csv, line 3'."""
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read_rows(
    path: Path, columns: Sequence[str], problems: list[str], *, optional: Sequence[str] = ()
) -> list[Row]:
    """Read a CSV file with a header; rows that lack a cell go to `problems`, other columns go.

    A file may have `optional` columns too, and then in every row.

    Raises:
        DatasetRejected: the file cannot be read, is no CSV in UTF-8, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True, strict=True)
            header = [name.strip() for name in reader.fieldnames or ()]
            if not set(columns) <= set(header):
                raise DatasetRejected(
                    f"{path}: the first line must be {','.join(columns)}, "
                    f"found {','.join(header)!r}"
                )
            reader.fieldnames = header
            wanted = [*columns, *(name for name in optional if name in header)]
            return _complete_rows(path.name, reader, wanted, problems)
    except OSError as error:
        raise DatasetRejected(f"cannot read {path}: {error.strerror}") from error
    except (csv.Error, ValueError) as error:
        raise DatasetRejected(f"{path} is not CSV in UTF-8: {error}") from error


def _complete_rows(
    file: str, reader: csv.DictReader[str], columns: Sequence[str], problems: list[str]
) -> list[Row]:
    rows = []
    for cells in reader:
        place = f"{file}, line {reader.line_num}"
        filled = {column: (cells[column] or "").strip() for column in columns}
        missing = [column for column in columns if not filled[column]]
        if missing:
            problems.append(f"{place}: the {missing[0]} is missing")
        elif reader.restkey in cells:
            problems.append(f"{place}: too many cells: put a name with a comma in quotes")
        else:
            rows.append(Row(place, filled))
    return rows
