"""What the demo shows can be copied from a terminal of any width."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from flows.cli import demo
from graph.client import Graph

NARROW = 30


class Empty:
    """Stands in for a graph that answers nothing."""

    def query(self, cypher: str) -> list[dict[str, Any]]:
        return []


def test_no_line_of_cypher_is_cropped_or_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    files = SimpleNamespace(password=Path("password"))
    server = SimpleNamespace(files=files, uri="bolt://127.0.0.1:1", username="root")
    monkeypatch.setattr(demo, "components", lambda: SimpleNamespace(server=lambda: server))
    console = Console(width=NARROW, color_system=None)

    with console.capture() as capture:
        demo._questions(console, cast(Graph, Empty()))
        demo._where_next(console, None)

    shown = [line.strip() for line in capture.get().splitlines()]
    written = [line for cypher in demo.QUESTIONS.values() for line in cypher.splitlines()]
    assert [line for line in written if line not in shown] == []
    assert any(line.endswith(f" query '{demo.ANYTHING}'") for line in shown)


def test_the_query_to_begin_with_shows_edges_alone() -> None:
    assert "->(o:Entity)" in demo.ANYTHING, "mentions lead to documents"
