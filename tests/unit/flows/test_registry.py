"""The champion is a pointer to the checkpoint of the settings, or to one of the registry."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import ChampionRejected
from flows.registry import REMEMBERED, Models


def registry(folder: Path, *names: str) -> Models:
    """Return a registry of empty checkpoints beside the shipped one."""
    for place in (folder / "shipped" / "first", *(folder / "registry" / name for name in names)):
        place.mkdir(parents=True)
        (place / "config.json").write_text("{}")
    return Models(folder / "shipped" / "first", folder / "registry")


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """A registry with two checkpoints."""
    return registry(tmp_path, "second", "third")


def test_without_a_pointer_the_checkpoint_of_the_settings_serves(
    tmp_path: Path, models: Models
) -> None:
    assert models.champion() == tmp_path / "shipped" / "first"
    assert not Models(models.default, tmp_path / "absent").folder.exists()
    assert Models(models.default, tmp_path / "absent").champion() == models.default


def test_the_promoted_checkpoint_serves_and_is_named_first(models: Models) -> None:
    models.promote("second")
    assert models.champion() == models.folder / "second"
    models.promote("first")
    assert models.champion() == models.default
    assert (models.folder / "champion").read_text().split() == ["first", "second", "first"]


def test_promoting_the_champion_changes_nothing(models: Models) -> None:
    models.promote("second")
    models.promote("second")
    assert models.demote() == models.default


def test_demoting_goes_back_step_by_step_and_then_says_that_there_is_nobody(
    models: Models,
) -> None:
    models.promote("second")
    models.promote("third")
    assert models.demote() == models.champion() == models.folder / "second"
    assert models.demote() == models.champion() == models.default
    with pytest.raises(ChampionRejected, match="no champion came before first"):
        models.demote()


def test_a_champion_before_that_is_gone_is_not_gone_back_to(models: Models) -> None:
    models.promote("second")
    models.promote("third")
    (models.folder / "second" / "config.json").unlink()
    with pytest.raises(ChampionRejected, match="'second' is no checkpoint"):
        models.demote()
    assert models.champion().name == "third"


@given(st.lists(st.sampled_from(["first", "second", "third", "demote"]), max_size=60))
def test_demoting_undoes_promoting(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    models = registry(tmp_path_factory.mktemp("models"), "second", "third")
    expected = ["first"]
    for step in steps:
        if step != "demote":
            models.promote(step)
            if expected[-1] != step:
                expected = [*expected, step][-REMEMBERED:]
        elif len(expected) > 1:
            models.demote()
            expected.pop()
        assert models.champion().name == expected[-1]


def test_promoting_leaves_nothing_but_the_pointer_behind(models: Models) -> None:
    models.promote("second")
    assert {path.name for path in models.folder.iterdir()} == {"second", "third", "champion"}
    assert [path.name for path in models.default.parent.iterdir()] == ["first"]


@pytest.mark.parametrize("name", ["fourth", "", "../shipped/first", "second/../third"])
def test_what_is_no_checkpoint_cannot_be_champion(models: Models, name: str) -> None:
    with pytest.raises(ChampionRejected, match="choose one of first, second, third"):
        models.promote(name)
    assert models.champion().name == "first"


def test_a_pointer_to_nothing_says_what_to_do(models: Models) -> None:
    (models.folder / "champion").write_text("gone\n")
    with pytest.raises(ChampionRejected, match=r"'gone'.*or delete .*champion to serve first"):
        models.champion()
