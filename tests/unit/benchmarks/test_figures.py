"""The README shows the figures that were measured, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.figures import BEGIN, END, README, table, with_figures
from benchmarks.report import RESULTS

KEYS = {"command", "machine", "commit", "at", "figures"}


def test_the_readme_shows_the_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_figures(text, table()) == text, "run `make figures`"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_a_result_says_how_to_repeat_it(path: Path) -> None:
    result = json.loads(path.read_text(encoding="utf-8"))
    assert result.keys() == KEYS
    assert result["command"].startswith(f"python -m benchmarks.{path.stem}")
    assert (RESULTS.parent / f"{path.stem}.py").exists()


def test_the_table_has_a_row_for_each_figure(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(json.dumps({"figures": {"f1": 0.5}}))
    (tmp_path / "a.json").write_text(json.dumps({"figures": {"nodes": 2, "edges": 3}}))
    assert table(tmp_path).splitlines()[2:] == [
        "| [a](benchmarks/results/a.json) | nodes | 2 |",
        "| [a](benchmarks/results/a.json) | edges | 3 |",
        "| [b](benchmarks/results/b.json) | f1 | 0.5 |",
    ]


def test_only_what_lies_between_the_markers_changes() -> None:
    text = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    once = with_figures(text, "new")
    assert once == f"above\n{BEGIN}\nnew\n{END}\nbelow\n"
    assert with_figures(once, "new") == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_text_without_its_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="once, in this order"):
        with_figures(text, "new")
