"""The graph as CSV that `neo4j-admin database import` reads: the fast way into an empty Neo4j.

The importer tells an empty string from a missing one by the quotes, splits lists at a character
that it knows no escape for, and reads line breaks inside of quotes. So every string is quoted, a
missing value is nothing at all, and lists are separated by U+001F: sources turn control characters
into blanks, so no name holds one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import GraphRejected
from graph.export.pages import TablePage
from graph.model.tables import (
    CORRECTIONS,
    DOCUMENTS,
    EDGES,
    ENTITIES,
    EVIDENCE,
    MENTIONS,
    SCHEMA,
    WRITER,
    Kind,
    Row,
    Table,
)

SEPARATOR = "\x1f"
AFTER_IMPORT = "after_import.cypher"
TYPES = {
    Kind.STRING: "string",
    Kind.INTEGER: "long",
    Kind.NUMBER: "double",
    Kind.FLAG: "boolean",
    Kind.STRINGS: "string[]",
    Kind.INTEGERS: "long[]",
}
NOBODY = {"id": "factloom", "turn": 0, "run": "", "started_at": ""}
"""The writers of the imported graph begin anew."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One file, and how the importer is told of it."""

    name: str
    option: str
    """'--nodes=Entity': what its rows become."""
    table: Table
    roles: Mapping[str, str] = field(default_factory=dict)
    """Column -> its header, where the importer needs it to tell nodes and their ends."""
    only_roles: bool = False
    """Whether the other columns are left to another file of the same table."""

    def header(self) -> dict[str, str]:
        """Return header -> column."""
        kinds = {} if self.only_roles else self.table.columns
        typed = {
            column: f"{self.table.renamed.get(column, column)}:{TYPES[kind]}"
            for column, kind in kinds.items()
        }
        return {header: column for column, header in {**typed, **self.roles}.items()}


FILES = (
    CsvFile("schema.csv", "--nodes=Schema", SCHEMA),
    CsvFile("writer.csv", "--nodes=Writer", WRITER),
    CsvFile(
        "entities.csv", "--nodes=Entity", ENTITIES, {"id": "id:ID(Entity)", "labels": ":LABEL"}
    ),
    CsvFile("documents.csv", "--nodes=Document", DOCUMENTS, {"id": "id:ID(Document)"}),
    CsvFile("evidence.csv", "--nodes=Evidence", EVIDENCE, {"id": "id:ID(Evidence)"}),
    CsvFile("corrections.csv", "--nodes=Correction", CORRECTIONS, {"id": "id:ID(Correction)"}),
    CsvFile(
        "mentions.csv",
        "--relationships=MENTIONED_IN",
        MENTIONS,
        {"entity": ":START_ID(Entity)", "document": ":END_ID(Document)"},
    ),
    CsvFile(
        "evidence_from.csv",
        "--relationships=FROM",
        EVIDENCE,
        {"id": ":START_ID(Evidence)", "document": ":END_ID(Document)"},
        only_roles=True,
    ),
    CsvFile(
        "edges.csv",
        "--relationships",
        EDGES,
        {"head": ":START_ID(Entity)", "type": ":TYPE", "tail": ":END_ID(Entity)"},
    ),
)


def import_options() -> list[str]:
    """Return what `neo4j-admin database import full` needs, run in the folder of the files."""
    return [
        "--array-delimiter=U+001F",
        "--multiline-fields=true",
        *(f"{file.option}={file.name}" for file in FILES),
    ]


def after_import() -> list[str]:
    """Return the statements that give nodes their empty lists: the importer stores none."""
    return [
        f"MATCH (n:{file.option.removeprefix('--nodes=')}) WHERE n.{column} IS NULL "
        f"CALL {{ WITH n SET n.{column} = [] }} IN TRANSACTIONS OF 10000 ROWS;"
        for file in FILES
        if file.option.startswith("--nodes")
        for column, kind in file.table.columns.items()
        if kind in (Kind.STRINGS, Kind.INTEGERS) and column not in file.roles
    ]


class CsvFiles:
    """The files of one export, open until `close`."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._files = [
            (
                file,
                self._open.enter_context(
                    (folder / file.name).open("w", encoding="utf-8", newline="")
                ),
            )
            for file in FILES
        ]
        for file, stream in self._files:
            stream.write(",".join(file.header()) + "\n")
        self.write(TablePage(WRITER, [NOBODY]))
        script = "\n".join(after_import()) + "\n"
        (folder / AFTER_IMPORT).write_text(script, encoding="utf-8")

    def write(self, page: TablePage) -> None:
        """Add the rows of a page.

        Raises:
            GraphRejected: a list that the importer would read as another.
        """
        for file, stream in self._files:
            if file.table is page.table:
                columns = tuple(file.header().values())
                stream.writelines(_line(file.table, row, columns) for row in page.rows)

    def close(self) -> None:
        """Close every file."""
        self._open.close()


def _line(table: Table, row: Row, columns: tuple[str, ...]) -> str:
    try:
        return ",".join(_cell(row[column]) for column in columns) + "\n"
    except ValueError as error:
        key = next(iter(row.values()))
        raise GraphRejected(
            f"{table.name}: {key}: {error}, which neo4j-admin cannot read; export Parquet instead"
        ) from error


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace('"', '""') + '"'
        case list():
            if value == [""] or any(SEPARATOR in str(item) for item in value):
                raise ValueError(f"the list {value!r} holds an empty string or U+001F")
            return _cell(SEPARATOR.join(map(str, value)))
    return repr(value)
