"""The entity index is built by a flow, and its run shows what became of the file."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from corpus.entities.elastic import ElasticsearchEntityIndex
from flows.components import close_components, components
from flows.index_entities import index_entities
from flows.params import IndexEntitiesParams
from flows.run.progress import Progress, listener
from tests.e2e.running import artifact

pytestmark = [pytest.mark.e2e, pytest.mark.integration]


def test_the_index_is_built_once_and_its_report_names_what_was_skipped(
    elasticsearch_url: str, prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTLOOM_ELASTICSEARCH__URL", elasticsearch_url)
    monkeypatch.setenv("FACTLOOM_ENTITIES__STARTER", "false")
    close_components()
    path = tmp_path / "entities.jsonl"
    ada = {"id": "wikidata:Q7259", "name": "Ada Lovelace", "type": "PER"}
    eve = {"id": "wikidata:Q84", "name": "London", "type": "a town"}
    path.write_text(f"{json.dumps(ada)}\n{json.dumps(eve)}\n", encoding="utf-8")
    params = IndexEntitiesParams(path=path, index=f"factloom-test-{uuid4().hex[:12]}")

    shown: list[Progress] = []
    token = listener.set(shown.append)
    try:
        report = index_entities(params)
    finally:
        listener.reset(token)

    assert (report.entities, report.rebuilt, len(report.skipped)) == (1, True, 1)
    assert (shown[-1].done, shown[-1].total) == (1, 1)
    assert "line 2: field 'type'" in artifact("index-entities-report")
    assert params.index is not None
    index = ElasticsearchEntityIndex(components().elasticsearch, params.index)
    assert index.get(["wikidata:Q7259"]).keys() == {"wikidata:Q7259"}

    assert index_entities(params).rebuilt is False
    assert "was current" in artifact("index-entities-report")
    close_components()
