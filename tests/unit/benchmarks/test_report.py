"""A figure is written with what it takes to measure it again."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.parts import report


@pytest.fixture(autouse=True)
def _no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["demo.py", "--data", "data sets"])


def test_a_result_says_how_where_and_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = report.write("demo", {"nodes": 12, "f1": 0.51234}, results=tmp_path / "results")
    result = json.loads(path.read_text())
    assert list(result) == ["command", "machine", "commit", "at", "figures"]
    assert result["command"] == "python -m benchmarks.speed.demo --data 'data sets'"
    assert result["figures"] == {"nodes": 12, "f1": 0.51234}
    assert "cores" in result["machine"]
    printed = capsys.readouterr().out
    assert "nodes" in printed
    assert "0.5123" in printed


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_figure_that_is_no_number_is_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="the figure f1"):
        report.write("demo", {"nodes": 1, "f1": value}, results=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_command_holds_no_path_of_this_machine() -> None:
    inside = str(report.ROOT.parent / "data")
    assert (
        report.command("demo", ["--data", inside])
        == "python -m benchmarks.speed.demo --data ../data"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12, "12"), (1234567.0, "1,234,567"), (0.51234, "0.5123"), (45678.9, "45,679"), (0, "0")],
)
def test_a_figure_is_shown_for_people(value: float, shown: str) -> None:
    assert report.formatted(value) == shown


def test_results_do_not_make_the_commit_dirty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    (tmp_path / "benchmarks" / "results").mkdir(parents=True)
    (tmp_path / "code.py").write_text("1")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    monkeypatch.setattr(report, "ROOT", tmp_path)
    clean = report.commit()
    (tmp_path / "benchmarks" / "results" / "demo.json").write_text("{}")
    assert report.commit() == clean
    (tmp_path / "code.py").write_text("2")
    assert report.commit() == f"{clean}-dirty"


def test_without_a_repository_the_commit_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert report.commit() == "unknown"
