"""The champion is a pointer to one of the checkpoints of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import ChampionRejected
from flows.models import Models


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """A registry with two checkpoints."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    return Models(tmp_path / "first")


def test_without_a_pointer_the_checkpoint_of_the_settings_serves(models: Models) -> None:
    assert models.champion().name == "first"


def test_the_promoted_checkpoint_serves(models: Models) -> None:
    models.promote("second")
    assert models.champion().name == "second"
    models.promote("first")
    assert models.champion().name == "first"


def test_promoting_leaves_nothing_but_the_pointer_behind(models: Models) -> None:
    models.promote("second")
    assert {path.name for path in models.folder.iterdir()} == {"first", "second", "champion"}


@pytest.mark.parametrize("name", ["third", "", "../first", "second/../first"])
def test_what_is_no_checkpoint_of_the_folder_cannot_be_champion(models: Models, name: str) -> None:
    with pytest.raises(ChampionRejected, match="no checkpoint"):
        models.promote(name)
    assert models.champion().name == "first"


def test_a_pointer_to_nothing_says_what_to_do(models: Models) -> None:
    (models.folder / "champion").write_text("gone\n")
    with pytest.raises(ChampionRejected, match=r"'gone'.*delete it to serve first"):
        models.champion()
