"""What failed is listed for every source, or for those that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from graph.model.records import FailedDocument, SourceState


class Graph:
    """Has failures of two sources."""

    def __init__(self) -> None:
        self._failed = {"mine": ["mine:1"], "press": ["press:1", "press:2"]}

    def sources(self) -> list[SourceState]:
        named = [SourceState(name=name, failed=len(ids)) for name, ids in self._failed.items()]
        return [*named, SourceState(name="well", documents=3)]

    def count_failures(self, source: str) -> int:
        return len(self._failed.get(source, ()))

    def failures(
        self, source: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[FailedDocument]:
        return [
            FailedDocument(
                id=id_, stage="read", error="no", attempts=1, last_tried="", content_hash=""
            )
            for id_ in self._failed.get(source, ())
            if id_ > after
        ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "3 documents: 1 of mine, 2 of press"),
        (["--name", "press"], "2 documents: 2 of press"),
        (["--name", "well"], "0 documents: 0 of well"),
    ],
)
def test_failures_of_every_source_are_listed(
    asked: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = SimpleNamespace(graph=Graph())
    monkeypatch.setattr("flows.components.components", lambda: parts)
    shown = CliRunner().invoke(app, ["failures", *asked])
    assert shown.exit_code == 0, shown.output
    assert said in shown.output
    assert ("mine:1" in shown.output) == (not asked)
