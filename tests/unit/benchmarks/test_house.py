from __future__ import annotations

from pathlib import Path

from benchmarks.code.house import PRODUCT, entries, figures


def test_lines_that_are_not_blank_and_entries_are_counted(tmp_path: Path) -> None:
    for name in PRODUCT:
        (tmp_path / name / "cypher").mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text('"""Whole."""\n')
        (tmp_path / name / "one.py").write_text("a = 1\n\n\nb = 2\n")
        (tmp_path / name / "__pycache__").mkdir()
    (tmp_path / "graph" / "page.html").write_text("<p>\n")
    (tmp_path / "README.md").write_text("# Factloom\n\nIt works.\n")
    (tmp_path / "pyproject.toml").write_text("[[tool.importlinter.contracts]]\n" * 3)

    found = figures(tmp_path)

    assert entries(tmp_path / "graph") == 3
    assert (found["product_lines"], found["modules"]) == (16, 5)
    assert (found["contracts"], found["readme_lines"]) == (3, 3)
    assert (found["graph_entries"], found["corpus_entries"]) == (3, 2)
