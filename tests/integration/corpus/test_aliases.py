"""What a second read finds behind an alias after documents, or the alias, have changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.source import Skipped
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import Reader, documents, gone, ids, put, records

pytestmark = pytest.mark.integration


def test_a_rebuilt_index_behind_the_alias_is_read_whole_and_the_other_is_not(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    fill(f"{name}-1", records(range(20)), shards=2, aliases=alias)
    fill(f"{name}-2", records(range(20, 30)), aliases=alias)
    reader = Reader(server, f"{name}-docs")
    reader.read()

    fill(f"{name}-3", records(range(20)), shards=3)
    swap = [
        {"remove": {"index": f"{name}-1", "alias": f"{name}-docs"}},
        {"add": {"index": f"{name}-3", "alias": f"{name}-docs"}},
    ]
    client.indices.update_aliases(actions=swap)
    found = reader.read()

    assert documents(found) == ids(*range(20))
    assert {item.index for item in found if isinstance(item, Document)} == {f"{name}-3"}
    assert len(json.loads(reader.position)["copies"]) == 4
    assert reader.source.missing(dict.fromkeys(ids(1, 2), f"{name}-1")) == {
        "wiki:1": f"{name}-3",
        "wiki:2": f"{name}-3",
    }


def test_of_two_indices_the_last_counts_whatever_changes(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    mappings = {"properties": {"lang": {"type": "keyword"}, "removed": {"type": "boolean"}}}
    old, new = f"{name}-1", f"{name}-2"
    fill(old, records(range(9), lang="en"), shards=2, aliases=alias, mappings=mappings)
    fill(new, records(range(6, 12), lang="en"), aliases=alias, mappings=mappings)
    reader = Reader(
        server,
        f"{name}-docs",
        fields={"deleted": "removed"},
        query={"term": {"lang": "en"}},
    )
    first = reader.read()
    assert documents(first) == ids(*range(12))
    assert {item.document for item in first if isinstance(item, Skipped)} == ids(6, 7, 8)

    put(client, old, 6, "Old one changed.", lang="en")
    put(client, old, 7, "Old one removed.", lang="en", removed=True)
    put(client, old, 8, "Old one now French.", lang="fr")
    put(client, old, 0, "Now French.", lang="fr")
    client.indices.refresh(index=f"{name}-docs")
    second = reader.read()
    assert gone(second) == ids(0)
    assert {item.document for item in second if isinstance(item, Skipped)} == ids(6, 7)
    assert documents(second) == ids(8)  # as the newer index has it
    assert all(item.index == new for item in second if isinstance(item, Document))

    put(client, new, 6, "New one now French.", lang="fr")
    put(client, new, 7, "New one removed.", lang="en", removed=True)
    put(client, new, 9, "Now French.", lang="fr")
    client.indices.refresh(index=f"{name}-docs")
    third = reader.read()
    assert [(item.id, item.index, item.text) for item in third if isinstance(item, Document)] == [
        ("wiki:6", old, "Old one changed.")
    ]
    assert gone(third) == ids(7, 9)


def test_a_filtered_alias_hides_what_it_hides(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"lang": {"type": "keyword"}}}
    filtered: dict[str, Any] = {f"{name}-docs": {"filter": {"term": {"lang": "en"}}}}
    both = records(range(5), lang="en") | records(range(5, 9), lang="fr")
    fill(name, both, shards=2, mappings=mappings, aliases=filtered)
    reader = Reader(server, f"{name}-docs")

    assert documents(reader.read()) == ids(*range(5))

    put(client, name, 1, "Now French.", lang="fr")
    put(client, name, 6, "Now English.", lang="en")
    found = reader.read()
    assert (documents(found), gone(found)) == (ids(6), ids(1))


def test_an_index_under_another_filter_is_read_whole_and_the_other_is_not(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"lang": {"type": "keyword"}}}
    filtered: dict[str, Any] = {f"{name}-docs": {"filter": {"term": {"lang": "en"}}}}
    both = records(range(5), lang="en") | records(range(5, 9), lang="fr")
    fill(f"{name}-1", both, shards=2, mappings=mappings, aliases=filtered)
    fill(f"{name}-2", records(range(10, 15), lang="en"), mappings=mappings, aliases=filtered)
    reader = Reader(server, f"{name}-docs")
    assert documents(reader.read()) == ids(*range(5), *range(10, 15))
    assert (reader.source.expected(reader.position), reader.read()) == (0, [])

    filtered[f"{name}-docs"]["filter"] = {"terms": {"lang": ["en", "fr"]}}
    client.indices.put_alias(index=f"{name}-1", name=f"{name}-docs", **filtered[f"{name}-docs"])
    assert documents(reader.read()) == ids(*range(9))

    client.indices.put_alias(index=f"{name}-2", name=f"{name}-docs")
    assert documents(reader.read()) == ids(*range(10, 15))
    assert (reader.source.expected(reader.position), reader.read()) == (0, [])
