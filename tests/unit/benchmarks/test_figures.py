"""The README and docs/figures.md show the figures that were measured, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.figures import (
    BEGIN,
    CURRENT_SINCE,
    END,
    MEANINGS,
    PAGE,
    README,
    Meanings,
    Result,
    chosen,
    page,
    read_results,
    with_figures,
)
from benchmarks.parts.report import RESULTS

KEYS = {"command", "machine", "commit", "at", "figures"}
MEANING = """
[[readme]]
figure = "demo.edges"
name = "Edges"
means = "in a graph of {demo.nodes} nodes"

[demo]
about = "Whether it works."
[demo.figures]
"e*" = ["edges", "in the graph"]
nodes = ["", "all nodes"]
"""


@pytest.fixture
def meanings(tmp_path: Path) -> Meanings:
    """What two figures of one benchmark mean."""
    path = tmp_path / "figures.toml"
    path.write_text(MEANING)
    return Meanings(path)


def result(**changed: object) -> Result:
    """Return a result of the benchmark `demo`."""
    given: dict[str, object] = {
        "name": "demo",
        "command": "python -m benchmarks.speed.demo",
        "machine": "a machine",
        "commit": "0123456789ab",
        "at": f"{CURRENT_SINCE}T00:00:00Z",
        "figures": {"edges": 3, "nodes": 2},
    }
    return Result(**{**given, **changed})  # type: ignore[arg-type]


def test_the_readme_shows_the_results() -> None:
    text = README.read_text(encoding="utf-8")
    table = chosen(read_results(), Meanings())
    assert with_figures(text, table) == text, "run `make figures`"


def test_the_page_shows_the_results() -> None:
    assert page(read_results(), Meanings()) == PAGE.read_text("utf-8"), "run `make figures`"


def test_the_readme_shows_twelve_and_precision_from_raw_text_is_one() -> None:
    names = [row["name"] for row in Meanings().readme]
    assert len(names) == 12
    assert any("recision" in name and "raw text" in name for name in names)


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_a_result_says_how_to_repeat_it(path: Path) -> None:
    result = json.loads(path.read_text(encoding="utf-8"))
    benchmark = path.stem.removesuffix("_before")
    assert result.keys() == KEYS
    assert re.match(rf"python -m benchmarks\.\w+\.{benchmark}\b", result["command"])
    assert list(RESULTS.parent.glob(f"*/{benchmark}.py"))


def test_a_figure_has_its_unit_meaning_command_commit_and_machine(meanings: Meanings) -> None:
    text = page([result()], meanings)
    assert "Whether it works." in text
    assert "| edges | 3 | edges | in the graph |" in text
    assert "`python -m benchmarks.speed.demo`, commit `0123456789ab`" in text
    assert "a machine." in text
    assert "**Old**" not in text


def test_what_was_measured_before_the_code_changed_is_old(meanings: Meanings) -> None:
    old = result(at="2026-01-01T00:00:00Z")
    assert "**Old**" in page([old], meanings)
    assert "| 2026-01-01, old |" in chosen([old], meanings)


def test_a_dirty_tree_is_named_and_shows_no_figure(meanings: Meanings) -> None:
    text = page([result(commit="0123456789ab-dirty")], meanings)
    assert "`demo`" in text
    assert "| edges |" not in text
    with pytest.raises(ValueError, match="no result of a commit has"):
        chosen([result(commit="0123456789ab-dirty")], meanings)


def test_the_readme_has_the_value_and_those_that_its_text_names(meanings: Meanings) -> None:
    row = chosen([result()], meanings).splitlines()[-1]
    assert row == (
        f"| [Edges](docs/figures.md#demo) | 3 edges | {CURRENT_SINCE} | in a graph of 2 nodes |"
    )


def test_a_figure_that_nobody_explains_is_refused(meanings: Meanings) -> None:
    with pytest.raises(ValueError, match=r"what demo\.seconds means"):
        page([result(figures={"seconds": 1})], meanings)
    with pytest.raises(ValueError, match=r"no \[other\]"):
        page([result(name="other", figures={})], meanings)


def test_each_benchmark_that_is_explained_exists() -> None:
    """Those whose name is not a module's measured something that is gone."""
    lines = MEANINGS.read_text().splitlines()
    named = [line[1:-9].removesuffix("_before") for line in lines if line.endswith(".figures]")]
    modules = {path.stem for path in RESULTS.parent.rglob("*.py")}
    assert len(named) > 20
    assert set(named) - modules <= {"house", "suite"}


def test_only_what_lies_between_the_markers_changes() -> None:
    text = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
    once = with_figures(text, "new")
    assert once == f"above\n{BEGIN}\nnew\n{END}\nbelow\n"
    assert with_figures(once, "new") == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_text_without_its_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="once, in this order"):
        with_figures(text, "new")
