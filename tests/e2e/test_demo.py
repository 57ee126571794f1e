"""`factloom demo` as a user runs it: a process of its own, nothing else running, then again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT
from tests.servers.neo4j import free_port

pytestmark = pytest.mark.e2e


class Factloom:
    """The command, with settings of its own."""

    def __init__(self, **settings: str) -> None:
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")
        } | {f"FACTLOOM_{name}": value for name, value in settings.items()}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from flows.cli.app import app; app()", *arguments],
            cwd=ROOT,
            env={**self._environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            umask=0o022,
        )


@pytest.fixture
def factloom(tmp_path: Path, tiny_checkpoint: Path) -> Iterator[Factloom]:
    """The command on a fresh machine."""
    command = Factloom(
        HOME=str(tmp_path / "home"),
        GRAPH__PORT=str(free_port()),
        EXTRACTOR__CHECKPOINT=str(tiny_checkpoint),
    )
    yield command
    command("down")


def test_the_demo_shows_the_graph_and_a_second_one_changes_nothing(
    tmp_path: Path, factloom: Factloom
) -> None:
    first = factloom("demo")
    assert first.returncode == 0, first.stderr
    for part in ("strongest new edges", "Three questions", "Where to look next", "bolt://"):
        assert part in first.stdout
    assert first.stderr == ""

    count = ("query", "MATCH (n) WHERE n:Entity OR n:Evidence RETURN count(n) AS n", "--json")
    before = factloom(*count).stdout
    second = factloom("demo")
    assert second.returncode == 0, second.stderr
    assert "Nothing changed" in second.stdout
    assert "Where to look next" in second.stdout
    assert factloom(*count).stdout == before

    made = [tmp_path / "home", *(tmp_path / "home").rglob("*")]
    assert {"entities.sqlite", "databases", "prefect.db"} <= {each.name for each in made}
    assert [each for each in made if each.stat().st_mode & 0o077] == []  # others see nothing

    refused = factloom("query", "MATCH (n) DETACH DELETE n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "only reading is allowed" in refused.stderr
    unknown = factloom("explain", "Nobody at all", "Nowhere at all")
    assert unknown.returncode == 1
    assert "no entity 'Nobody at all'" in unknown.stderr
