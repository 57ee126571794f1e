"""Texts that may lie where nobody can look: `forget` names the place, and is not complete."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from flows.forget import _clear_folders
from flows.ingest.exchange import OURS
from flows.retrain.data import TEXTS, TRAINING
from flows.run.own_folders import claimed

DOCUMENT = "press:1"
RUN = str(UUID(int=1))


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of a run and of a challenger, neither of which names the document."""
    for folder in (training(tmp_path) / TEXTS, tmp_path / OURS / RUN):
        folder.mkdir(parents=True)
        (folder / "0.json").write_text("{}")
    run = SimpleNamespace(shared_folder=tmp_path)
    parts = SimpleNamespace(settings=SimpleNamespace(home=tmp_path, run=run))
    monkeypatch.setattr("flows.forget.components", lambda: parts)


def training(home: Path) -> Path:
    return home / TRAINING / "challenger"


def deny(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, denied: Path) -> None:
    """Let a function of paths refuse one path, as root is refused none."""
    real = getattr(owner, name)

    def refuse(path: Any, *args: Any, **named: Any) -> Any:
        if path == denied:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **named)

    monkeypatch.setattr(owner, name, refuse)


def test_what_living_runs_have_stays_unnamed_where_the_document_is_not_in_it(
    tmp_path: Path,
) -> None:
    with claimed(tmp_path / OURS / RUN), claimed(training(tmp_path)):
        assert _clear_folders(DOCUMENT) == ((), ())


@pytest.mark.parametrize(
    ("owner", "name", "denied"),
    [
        (os, "scandir", Path(OURS, RUN)),
        (Path, "open", Path(OURS, RUN, "0.json")),
    ],
)
def test_what_cannot_be_read_of_a_living_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, denied: Path
) -> None:
    with claimed(tmp_path / OURS / RUN):
        deny(monkeypatch, owner, name, tmp_path / denied)
        assert _clear_folders(DOCUMENT) == (
            (training(tmp_path) / TEXTS,),
            (tmp_path / OURS / RUN,),
        )


@pytest.mark.parametrize("base", [TRAINING, OURS])
def test_a_folder_that_cannot_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    deny(monkeypatch, os, "scandir", tmp_path / base)
    assert _clear_folders(DOCUMENT)[1] == (tmp_path / base,)


def test_a_challenger_that_cannot_be_looked_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deny(monkeypatch, Path, "stat", training(tmp_path) / TEXTS)
    assert _clear_folders(DOCUMENT)[1] == (training(tmp_path) / TEXTS,)
