"""What a process chooses from its settings and its checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.errors import SettingsRejected
from config.settings import ExtractorSettings, Settings, SourceSettings
from extractor.manifest import FORMAT
from flows.components import Components


def components(folder: Path, spoken: list[str], chosen: str = "") -> Components:
    (folder / "config.json").write_text(json.dumps({"format": FORMAT, "languages": spoken}))
    extractor = ExtractorSettings(languages=chosen)
    parts = Components(
        Settings(source=SourceSettings(path=folder), home=folder, extractor=extractor)
    )
    parts.champion = lambda: folder  # type: ignore[assignment]
    return parts


def test_the_languages_are_the_checkpoints_where_none_are_chosen(tmp_path: Path) -> None:
    assert components(tmp_path, ["en", "de"]).languages() == ("en", "de")
    assert components(tmp_path, ["en"], "fr").languages() == ("fr",)
    assert components(tmp_path, ["en"], "all").languages() == ()


@pytest.mark.parametrize(("spoken", "chosen"), [("german", ""), ("DE", ""), ("en", "xx")])
def test_a_language_that_cannot_be_told_apart_is_refused(
    tmp_path: Path, spoken: str, chosen: str
) -> None:
    """It would leave out every document, and retract what the graph has."""
    with pytest.raises(SettingsRejected, match="no language that can be told from others"):
        components(tmp_path, [spoken], chosen).languages()
