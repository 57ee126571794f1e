"""What the tests cost, what they reach and what they notice.

Unit tests are told in seconds of processor time, as those of the clock say how busy a machine is.
Coverage is that of branches, by unit tests and by those of the graph on the embedded server.
All parts together take an hour: `--part` measures some, and keeps what others gave at this commit.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.code.parts.mutants import survivors
from benchmarks.parts.report import RESULTS, ROOT, commit, write

PURE = "tests/unit/graph/model/test_edges.py"
"""A file of tests that need nothing but one module."""
QUICK = ("--hypothesis-profile", "quick")
UNIT = ("tests/unit", "tests/golden", "-m", "not long and not slow", *QUICK)
REACHING = ("tests/unit", "tests/golden", "tests/integration/graph", "-m", "not neo4j and not long")
COVERED = ("graph", "corpus", "extractor")
MUTATED = {
    "graph.model.edges": "tests/unit/graph/model/test_edges.py",
    "graph.model.entities": "tests/unit/graph/model/test_entities.py",
    "graph.model.rows": "tests/unit/graph/model/test_rows.py",
    "graph.writing.successors": "tests/unit/graph/writing/test_successors.py",
    "extractor.calibration.calibration": "tests/unit/extractor/calibration/test_calibration.py",
}
"""What decides on edges, and what says so if it decides otherwise."""
UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
MOST_MUTANTS = 60
"""Of each module."""


def cpu_seconds(*arguments: str) -> float:
    """Return the processor time that some tests take; they must pass."""
    before = os.times()
    _python("-m", "pytest", "-q", *arguments)
    after = os.times()
    spent = after.children_user - before.children_user
    return spent + after.children_system - before.children_system


def minutes_of_all() -> float:
    """Return the minutes of the clock that `make test` takes, once all is installed."""
    began = time.monotonic()
    subprocess.run(["make", "--no-print-directory", "test"], cwd=ROOT, check=True)
    return (time.monotonic() - began) / 60


def coverage() -> dict[str, float]:
    """Return the share of lines and branches that tests reach, by folder."""
    with tempfile.TemporaryDirectory() as folder:
        data, told = f"--data-file={folder}/data", Path(folder) / "coverage.json"
        _python("-m", "coverage", "run", data, "-m", "pytest", "-q", *REACHING)
        _python("-m", "coverage", "json", data, "-o", str(told))
        files = json.loads(told.read_text(encoding="utf-8"))["files"]
    return {f"coverage_{name}": covered(files, name) for name in COVERED}


def covered(files: dict[str, dict[str, dict[str, int]]], folder: str) -> float:
    """Return the share that coverage's report gives a folder."""
    own = [each["summary"] for path, each in files.items() if path.startswith(f"{folder}/")]
    reached = sum(each["covered_lines"] + each["covered_branches"] for each in own)
    return reached / sum(each["num_statements"] + each["num_branches"] for each in own)


def killed_share() -> float:
    """Return the share of mutants that a unit test notices; the others are printed."""
    tried, left = 0, 0
    for module, tests in MUTATED.items():
        number, survived = survivors(module, [tests], MOST_MUTANTS)
        tried, left = tried + number, left + len(survived)
        for each in survived:
            print(f"survived: {each.module}, line {each.line}: {each.change}")
    return 1 - left / tried


def _python(*arguments: str) -> None:
    # As `make` has it, so that modules are compiled once.
    compiled = {name: value for name, value in os.environ.items() if name != UNCOMPILED}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=compiled, check=True)


PARTS: Mapping[str, Callable[[], Mapping[str, float]]] = {
    "unit": lambda: {"unit_seconds": cpu_seconds(*UNIT), "unit_import_s": cpu_seconds(PURE)},
    "mutants": lambda: {"mutants_killed_share": killed_share()},
    "coverage": coverage,
    "all": lambda: {"all_minutes": minutes_of_all()},
}


def main() -> None:
    """Measure, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="not used: no test needs data")
    parser.add_argument("--part", action="append", choices=PARTS, help="else all of them")
    for part in parser.parse_args().part or PARTS:
        write("suite", {**_measured(), **PARTS[part]()}, title="The tests")


def _measured() -> Mapping[str, float]:
    """Return what other parts gave at this commit."""
    path = RESULTS / "suite.json"
    if not path.exists():
        return {}
    result = json.loads(path.read_text(encoding="utf-8"))
    figures: Mapping[str, float] = result["figures"] if result["commit"] == commit() else {}
    return figures


if __name__ == "__main__":
    main()
