"""`factloom export`: the graph as a folder of files, whole or not there at all."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from extractor.files import whole_file
from graph.export.pages import ExportReport, pages, size
from graph.model.tables import TABLES

if TYPE_CHECKING:
    from graph.export.csv import CsvFiles
    from graph.export.parquet import ParquetFiles
    from graph.reading.queries import Read

Format = Literal["parquet", "csv"]
WALKED = ("documents", "entities", "evidence", "corrections")
"""Tables whose rows are nodes: what progress counts."""
IMPORT_STEPS = """\
In this folder, with Neo4j stopped and its database empty:

```sh
{command}
```

Then start Neo4j, give nodes the empty lists that the importer leaves out, and let Factloom add its
constraints and indexes:

```sh
cypher-shell -f {script}
factloom setup
```
"""


def export_graph(
    read: Read,
    folder: Path,
    form: Format,
    show: Callable[[int, int], None],
    *,
    possible: bool = False,
) -> ExportReport:
    """Write the whole graph into a folder that is new or empty.

    The files are complete when the folder appears: until then they lie beside it, under a name that
    nothing else has, and an export that fails removes them.

    Args:
        read: Runs one of the graph's statements.
        folder: Where the files go.
        form: 'csv' is what `neo4j-admin database import` reads.
        show: Told after each page how many nodes of how many are written.
        possible: Whether edges that are only possible are written too.

    Raises:
        FileExistsError: the folder holds something.
        GraphUnavailable: the graph changed meanwhile, or did not answer.
        GraphRejected: a value that CSV cannot hold.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty: name a new folder")
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(folder) as draft:
        draft.mkdir()
        report, nodes = ExportReport(), size(read)
        with closing(_files(draft, form)) as files:
            for page in pages(read, report, possible=possible):
                files.write(page)
                show(sum(report.rows[table] for table in WALKED), nodes)
        (draft / "README.md").write_text(_readme(report, form), encoding="utf-8")
    return report


def import_steps() -> str:
    """Return how the CSV files of a folder become a graph in Neo4j, in Markdown."""
    from graph.export.csv import AFTER_IMPORT, import_options

    command = ["neo4j-admin", "database", "import", "full", "neo4j", *import_options()]
    return IMPORT_STEPS.format(command=shlex.join(command), script=AFTER_IMPORT)


def _files(folder: Path, form: Format) -> CsvFiles | ParquetFiles:
    if form == "csv":
        from graph.export.csv import CsvFiles

        return CsvFiles(folder)
    from graph.export.parquet import ParquetFiles

    return ParquetFiles(folder)


def _readme(report: ExportReport, form: Format) -> str:
    tables = [
        f"* `{table.name}.{form}`, {report.rows[table.name]} rows: {table.says}" for table in TABLES
    ]
    if report.possible:
        tables.append(f"* left out: {report.possible} edges that are only possible (--possible)")
    steps = ["", "## Into Neo4j", "", import_steps()] if form == "csv" else [""]
    return "\n".join(["# A Factloom graph", "", *tables, *steps])
