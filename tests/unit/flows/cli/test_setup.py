"""`factloom setup` says what is there, and which command makes what is not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from corpus.entities import elastic_records
from corpus.entities.elastic_records import Version
from flows.cli import setup


@pytest.mark.parametrize(
    ("current", "told"),
    [
        (None, "entities: factloom load FILE --entities makes names, which is not there yet"),
        (
            Version(index="names-1", format="4", version="v", entities=7),
            "entities: names has 7",
        ),
    ],
)
def test_the_entity_index_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, current: Version | None, told: str
) -> None:
    settings = SimpleNamespace(
        source=SimpleNamespace(kind="files"),
        entities=SimpleNamespace(kind="elasticsearch", index="names"),
    )
    parts = SimpleNamespace(
        settings=settings,
        graph=SimpleNamespace(ensure_schema=lambda: None),
        elasticsearch=lambda: None,
    )
    monkeypatch.setattr(setup, "components", lambda: parts)
    monkeypatch.setattr(elastic_records, "current_version", lambda server, alias: current)

    assert list(setup.setup())[-1] == told
