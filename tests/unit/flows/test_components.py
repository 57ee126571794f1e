"""What a process chooses from its settings and its checkpoint."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.errors import SettingsRejected
from config.settings import (
    EntitySettings,
    ExtractorSettings,
    GraphSettings,
    Settings,
    SourceSettings,
)
from extractor.manifest import FORMAT
from extractor.schema import Document
from flows.components import Components
from tests.unit.graph.extractions import RELATIONS, RUN


def components(folder: Path, spoken: list[str], chosen: str = "") -> Components:
    (folder / "config.json").write_text(json.dumps({"format": FORMAT, "languages": spoken}))
    extractor = ExtractorSettings(languages=chosen)
    parts = Components(
        Settings(source=SourceSettings(path=folder), home=folder, extractor=extractor)
    )
    parts.champion = folder
    return parts


def test_the_languages_are_the_checkpoints_where_none_are_chosen(tmp_path: Path) -> None:
    assert components(tmp_path, ["en", "de"]).languages == ("en", "de")
    assert components(tmp_path, ["en"], "fr").languages == ("fr",)
    assert components(tmp_path, ["en"], "all").languages == ()


@pytest.mark.parametrize(
    ("spoken", "chosen"), [("german", ""), ("DE", ""), ("en", "xx"), ("en", "zxx"), ("zxx", "")]
)
def test_a_language_that_cannot_be_told_apart_is_refused(
    tmp_path: Path, spoken: str, chosen: str
) -> None:
    """It would leave out every document, and retract what the graph has."""
    with pytest.raises(SettingsRejected, match="no language that can be told from others"):
        _ = components(tmp_path, [spoken], chosen).languages


def test_every_run_writes_as_the_settings_say(tmp_path: Path) -> None:
    """Whatever it writes: documents, retractions, followed ids, a champion that is adopted."""
    parts = components(tmp_path, ["en"])
    parts.settings = Settings(
        home=tmp_path, graph=GraphSettings(batch_documents=7, assert_above=0.6)
    )
    asked: dict[str, Any] = {}
    graph: Any = SimpleNamespace(writer=lambda *_, **options: asked.update(options))
    parts.graph = graph
    parts.vocabulary = lambda: RELATIONS  # type: ignore[method-assign]
    parts.writer(RUN)
    assert asked == {"batch_documents": 7, "assert_above": 0.6}


def test_the_entity_index_is_closed(tmp_path: Path) -> None:
    parts = components(tmp_path, ["en"])
    file = tmp_path / "entities.jsonl"
    file.write_text('{"id": "wikidata:Q84", "name": "London", "type": "LOC"}\n')
    parts.settings = Settings(home=tmp_path, entities=EntitySettings(path=file, starter=False))
    index = parts.entities
    assert index.candidates(["London"])["London"]
    parts.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        index.candidates(["London"])


def test_the_reason_for_leaving_a_document_out_is_told(tmp_path: Path) -> None:
    text = (
        "Es war einmal ein alter König, der hatte drei schöne Töchter und wollte nicht, dass auch "
        "nur eine von ihnen fortging, denn er war schon lange allein und hatte große Angst davor, "
        "dass es in seinem großen Schloss wieder so still würde wie vor ihrer Geburt."
    )
    document = Document(id="files:1", source="files", title="", text=text, updated_at="")
    assert components(tmp_path, ["en", "fr"]).left_out(document) == (
        "its language is 'de' (100% of its prose), not en or fr"
    )
    assert components(tmp_path, ["en"], "all").left_out(document) is None
