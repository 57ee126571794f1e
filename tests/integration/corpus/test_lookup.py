"""Documents by id: fetched, and accounted for."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.errors import SourceRejected
from corpus.source import Skipped, id_of
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import Reader, documents, ids, records

pytestmark = pytest.mark.integration


def test_ids_of_a_field_are_looked_up_and_doubled_ones_reported(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"key": {"type": "keyword"}, "name": {"type": "text"}}}
    rows = {
        f"row{n}": {"key": f"k{n % 8}", "name": f"n{n}", "text": f"Row {n}."} for n in range(10)
    }
    fill(name, rows, shards=3, mappings=mappings)
    reader = Reader(server, name, fields={"id": "key"})

    found = reader.read()

    assert documents(found) == {f"wiki:k{n}" for n in range(8)}
    assert {item.text for item in found if isinstance(item, Document)} >= {"Row 8.", "Row 9."}
    doubled = [item for item in found if isinstance(item, Skipped)]
    assert {(item.place, item.document) for item in doubled} == {
        ("row0", "wiki:k0"),
        ("row1", "wiki:k1"),
    }
    assert [id_of(item) for item in reader.source.fetch(["wiki:k1", "wiki:k9"])] == [
        "wiki:k1",
        "wiki:k9",
    ]
    assert reader.source.missing({"wiki:k1": name, "wiki:k9": name}) == {"wiki:k9": None}
    by_text = Reader(server, name, fields={"id": "name"})
    with pytest.raises(SourceRejected, match=r"'name' \(text\): map it as keyword"):
        by_text.read()
    with pytest.raises(SourceRejected, match="map it as keyword"):
        by_text.source.missing({"wiki:n1": name})


def test_ids_by_the_thousand_are_accounted_for(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(5000)), shards=3)
    client.delete(index=name, id="17")
    client.indices.refresh(index=name)
    places = {f"wiki:{n}": name for n in range(5000)}
    source = Reader(server, name).source

    assert source.missing(places) == {"wiki:17": None}
    del places["wiki:17"]
    assert source.missing(places) == {}
    assert source.missing(places | {"wiki:3": "", "wiki:4": "elsewhere"}) == {
        "wiki:3": name,
        "wiki:4": name,
    }
    assert len(documents(list(source.fetch(list(places))))) == 4999


def test_an_id_that_two_shards_hold_does_not_hide_another_that_is_gone(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(5)), shards=5)
    for routing in "abcdefghij":
        client.index(index=name, id="7", routing=routing, document={"text": "Ada."}, refresh=True)
    copies = client.count(index=name, query={"ids": {"values": ["7"]}})["count"]
    assert copies > 1
    places = dict.fromkeys(ids(0, 1, 7, *range(100, 99 + copies)), name)

    assert Reader(server, name).source.missing(places) == dict.fromkeys(
        ids(*range(100, 99 + copies))
    )


def test_nothing_is_called_missing_while_its_index_is_closed(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    for number in (1, 2):
        fill(f"{name}-{number}", records(range(10 * number, 10 * number + 5)))
    source = Reader(server, f"{name}-*").source
    places = {f"wiki:{n}": f"{name}-{n // 10}" for n in (10, 11, 20, 21)}
    client.delete(index=f"{name}-1", id="10", refresh=True)
    assert source.missing(places) == {"wiki:10": None}

    client.indices.close(index=f"{name}-2")
    with pytest.raises(SourceRejected, match=rf"{name}-2.*open the index"):
        source.missing(places)
    assert source.missing({"wiki:10": f"{name}-1", "wiki:11": f"{name}-1"}) == {"wiki:10": None}

    client.indices.delete(index=f"{name}-2")
    assert source.missing(places) == dict.fromkeys(ids(10, 20, 21))
