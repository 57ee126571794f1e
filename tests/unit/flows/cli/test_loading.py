"""`factloom load`: which records go to which index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from corpus.elasticsearch.loading import LoadReport
from corpus.source import Record, id_of
from flows.cli import loading
from flows.components import Components, close_components
from flows.errors import NoIndex

Loaded = list[tuple[str, list[str]]]


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loaded]:
    """The index and the documents of each load; no server is asked."""
    found: Loaded = []

    def load(_: None, index: str, records: Iterable[Record]) -> LoadReport:
        found.append((index, [id_of(each) for each in records]))
        return LoadReport(loaded=len(found[-1][1]))

    monkeypatch.setattr(loading, "load_documents", load)
    monkeypatch.setattr(Components, "elasticsearch", None)
    monkeypatch.setenv("FACTLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FACTLOOM_SOURCE__NAME", "mine")
    close_components()
    yield found
    close_components()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "documents.jsonl"
    path.write_text("".join(json.dumps({"id": f"{n}", "text": "A."}) + "\n" for n in range(3)))
    return path


def test_without_an_index_there_is_nothing_to_fill(loaded: Loaded, file: Path) -> None:
    with pytest.raises(NoIndex, match="FACTLOOM_ELASTICSEARCH__INDEX"):
        loading.load_index(file, index=None, limit=None)
    assert loaded == []


def test_the_index_of_the_command_stands_above_that_of_the_settings(
    loaded: Loaded, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__INDEX", "of-the-settings")
    close_components()
    loading.load_index(file, index=None, limit=None)
    loading.load_index(file, index="of-the-command", limit=2)
    assert loaded == [
        ("of-the-settings", ["mine:0", "mine:1", "mine:2"]),
        ("of-the-command", ["mine:0", "mine:1"]),
    ]
