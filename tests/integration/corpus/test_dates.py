"""Times of documents, which the server knows in formats that a record does not tell."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.fields.times import UNKNOWN_TIME
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import FOLLOW, read

pytestmark = pytest.mark.integration

WRITTEN: list[tuple[dict[str, Any], object, str]] = [
    ({"type": "date"}, "2024", "2024-01-01T00:00:00Z"),
    ({"type": "date"}, "2024-02", "2024-02-01T00:00:00Z"),
    ({"type": "date"}, "1704164645000", "2024-01-02T03:04:05Z"),
    ({"type": "date"}, 1_704_164_645, "1970-01-20T17:22:44Z"),
    ({"type": "date"}, ["2024-01-02", "2026-01-02", "2025-01-02"], "2026-01-02T00:00:00Z"),
    ({"type": "date"}, None, UNKNOWN_TIME),
    ({"type": "date", "format": "dd/MM/yyyy"}, "02/01/2024", "2024-01-02T00:00:00Z"),
    ({"type": "date", "format": "epoch_second"}, 1_704_164_645, "2024-01-02T03:04:05Z"),
    ({"type": "date", "format": "yyyy", "doc_values": False}, "2024", "2024-01-01T00:00:00Z"),
    ({"type": "date", "ignore_malformed": True}, "soon", UNKNOWN_TIME),
    ({"type": "date_nanos"}, "2024-01-02T03:04:05.123456789+01:00", "2024-01-02T02:04:05Z"),
    ({"type": "long"}, 1_704_164_645, "2024-01-02T03:04:05Z"),
    ({"type": "keyword"}, "2024-02", "2024-02-01T00:00:00Z"),
    ({"type": "alias", "path": "at"}, None, "2024-01-02T00:00:00Z"),
]
"""How a field is mapped, what a record has in it, and when that is."""


def test_a_time_is_read_in_the_format_of_its_index(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    properties: dict[str, Any] = {"at": {"type": "date", "format": "dd.MM.yyyy"}}
    record: dict[str, Any] = {"at": "02.01.2024"}
    expected: dict[str, str] = {}
    for number, (mapping, value, time) in enumerate(WRITTEN):
        properties[f"when{number}"], expected[f"when{number}"] = mapping, time
        if mapping["type"] != "alias":
            record[f"when{number}"] = value
    fill(name, {"1": {"text": "Ada was born.", **record}}, mappings={"properties": properties})

    found = {}
    for field in expected:
        fields = {"updated_at": field}
        source = ElasticsearchSource(server, name="wiki", index=name, fields=fields, follow="full")
        documents, _ = read(source)
        found[field] = documents["wiki:1"].updated_at
        assert list(source.fetch(["wiki:1"])) == [documents["wiki:1"]]

    assert found == expected


@pytest.mark.parametrize("follow", FOLLOW)
def test_indices_that_map_the_time_in_two_ways_lose_no_document(
    server: Elastic, name: str, fill: FillIndex, follow: Follow
) -> None:
    record = {"text": "Ada was born.", "updated_at": "2024"}
    kinds = ("date", "date_nanos") if follow == "time" else ("date", "keyword")
    for kind in kinds:
        mappings = {"properties": {"updated_at": {"type": kind}}}
        fill(f"{name}-{kind}", {kind: record}, mappings=mappings)

    source = ElasticsearchSource(server, name="wiki", index=f"{name}-*", follow=follow)
    documents, _ = read(source)

    assert {each.updated_at for each in documents.values()} == {"2024-01-01T00:00:00Z"}
    assert len(documents) == 2
