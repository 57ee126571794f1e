"""An export is a whole folder or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli.exporting import export_graph, import_steps
from graph.errors import GraphUnavailable
from tests.unit.graph.memory_graph import MemoryGraph

GRAPH = MemoryGraph(
    entities={f"e{n}": {"id": f"e{n}", "former_ids": [], "aliases": []} for n in range(3)},
    documents={"d1": {"id": "d1"}},
)


def quiet(done: int, total: int) -> None:
    """Show nothing."""


def test_the_folder_holds_every_table_and_says_what_they_are(tmp_path: Path) -> None:
    report = export_graph(GRAPH.read, tmp_path / "out", "parquet", quiet)
    assert report.rows["entities"] == 3
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "* `entities.parquet`, 3 rows: what mentions stand for" in readme
    assert "neo4j-admin" not in readme
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_readme_of_csv_says_how_to_import_it(tmp_path: Path) -> None:
    export_graph(GRAPH.read, tmp_path / "out", "csv", quiet)
    readme = (tmp_path / "out" / "README.md").read_text()
    assert import_steps() in readme
    assert "\nneo4j-admin database import full neo4j --array-delimiter=U+001F " in readme
    assert "\ncypher-shell -f after_import.cypher\n" in readme
    assert (tmp_path / "out" / "after_import.cypher").exists()


def test_progress_ends_where_it_was_going(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    export_graph(
        GRAPH.read, tmp_path / "out", "csv", lambda done, total: seen.append((done, total))
    )
    assert seen == sorted(seen)
    assert seen[-1] == (4, 4)


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="is not empty: name a new folder"):
        export_graph(GRAPH.read, tmp_path, "csv", quiet)
    with pytest.raises(FileExistsError):
        export_graph(GRAPH.read, tmp_path / "thesis.txt", "csv", quiet)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    memory = MemoryGraph(documents=GRAPH.documents)

    def write_meanwhile(done: int, total: int) -> None:
        memory.turn += 1

    with pytest.raises(GraphUnavailable):
        export_graph(memory.read, tmp_path / "out", "csv", write_meanwhile)
    assert list(tmp_path.iterdir()) == []


def test_an_export_removes_nothing_that_it_did_not_make(tmp_path: Path) -> None:
    theirs = tmp_path / ".out.part"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    export_graph(GRAPH.read, tmp_path / "link", "parquet", quiet)
    assert (theirs / "thesis.txt").read_text() == "mine"
    assert (tmp_path / "out" / "entities.parquet").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == [".out.part", "link", "out"]
