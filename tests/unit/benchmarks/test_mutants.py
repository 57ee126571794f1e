"""A mutant is one change, and a test that looks kills it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from benchmarks.code.parts.mutants import mutants, survivors
from benchmarks.code.suite import MUTATED, covered
from tests.unit.project.compose import ROOT

pytestmark = pytest.mark.slow

SOURCE = "def least(a: int, b: int) -> int:\n    return a if a < b else b\n"
LOOKS = "from {name} import least\n\n\ndef test_least():\n    assert least(1, 2) == 1\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "mutated_here.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "mutated_here", raising=False)
    return "mutated_here"


def test_each_mutant_is_one_change(module: str) -> None:
    found = [(each.line, each.change) for each in mutants(module)]
    assert found == [(2, "a"), (2, "b"), (2, "a <= b")]


def test_those_that_no_test_notices_survive(module: str, tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(LOOKS.format(name=module))
    tried, left = survivors(module, [str(test)], most=10)
    assert tried == 3
    assert [each.change for each in left] == ["a", "a <= b"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["failing.py"], "fail without any change"), (["nowhere.py"], "were not run")],
)
def test_tests_that_fail_anyway_or_do_not_run_kill_nothing(
    module: str, tmp_path: Path, arguments: list[str], says: str
) -> None:
    (tmp_path / "failing.py").write_text("def test_it():\n    assert False\n")
    with pytest.raises(RuntimeError, match=says):
        survivors(module, [str(tmp_path / each) for each in arguments], most=10)


def test_what_is_mutated_exists() -> None:
    for name, tests in MUTATED.items():
        assert importlib.util.find_spec(name), name
        assert (ROOT / tests).is_file(), tests


def test_lines_and_branches_are_covered_together() -> None:
    told = {"num_statements": 6, "covered_lines": 5, "num_branches": 4, "covered_branches": 2}
    files = {"graph/a.py": {"summary": told}, "corpus/b.py": {"summary": dict.fromkeys(told, 1)}}
    assert covered(files, "graph") == 0.7
