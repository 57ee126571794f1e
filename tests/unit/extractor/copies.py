"""A stored checkpoint, and copies of it to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extractor.checkpoint import (
    TrainingRecord,
)
from tests.checkpoints import write_tiny_checkpoint

RECORD = TrainingRecord(
    relation_titles=("One", "Two"),
    dev_titles=("Three",),
    mention_titles=("Four",),
    relation_files={"labelled.json": "ab" * 32},
    recipes={"relations": {"epochs": 3}},
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny", record=RECORD)


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "copy"))
