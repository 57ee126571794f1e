"""What a second read finds after documents have changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch import changes
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.shards import assert_numbers
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import Reader, documents, gone, ids, put, records

pytestmark = pytest.mark.integration


def test_only_what_has_changed_since_is_read(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(50)), shards=3)
    reader = Reader(server, name)

    assert documents(reader.read()) == ids(*range(50))
    settled = reader.position
    assert reader.source.expected(settled) == 0
    assert reader.read() == []
    assert reader.position == settled

    put(client, name, 7, "Changed.")
    put(client, name, 77, "New.")
    client.delete(index=name, id="3")

    assert reader.source.expected(settled) == 3
    assert documents(reader.read()) == ids(7, 77)
    assert reader.read() == []


def test_a_read_that_was_broken_off_goes_on_where_it_was(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(60)), shards=3)
    reader = Reader(server, name)

    found = [reader.read(pages=2) for _ in range(20)]

    assert set().union(*map(documents, found)) == ids(*range(60))
    assert sum(map(len, found)) == 60
    assert found[-1] == []


def test_an_index_deleted_and_made_again_under_its_name_is_read_whole(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(20)))
    reader = Reader(server, name)
    reader.read()
    client.indices.delete(index=name)

    fill(name, records(range(10, 15)))

    assert documents(reader.read()) == ids(*range(10, 15))


def test_an_index_made_again_with_fewer_shards_while_it_is_read_is_read_whole(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(name, records(range(20)), shards=3)
    reader = Reader(server, name, parallel_shards=1)

    def made_again(*args: Any) -> None:
        assert_numbers(*args)
        client.indices.delete(index=name)
        fill(name, records(range(10, 15)))

    monkeypatch.setattr("corpus.elasticsearch.source.assert_numbers", made_again)
    found = reader.read()
    monkeypatch.undo()

    assert "has vanished while it was read" in caplog.text
    assert documents(found + reader.read()) == ids(*range(10, 15))
    assert reader.read() == []


def test_another_query_or_field_reads_everything(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(name, records(range(5), body="Else."))
    first = Reader(server, name)
    first.read()
    for options in ({"query": {"ids": {"values": ["1"]}}}, {"fields": {"text": "body"}}):
        other = Reader(server, name, **options)
        other.position = first.position

        assert documents(other.read()) == (ids(1) if "query" in options else ids(*range(5)))


@pytest.mark.parametrize("follow", ["numbers", "time"])
def test_what_stops_to_match_or_is_marked_as_deleted_is_gone_at_once(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex, follow: str
) -> None:
    old = {"lang": "en", "updated_at": "2026-01-01T00:00:00Z"}
    foreign = {"lang": "fr", "updated_at": "2026-01-01T00:00:00Z"}
    mappings = {"properties": {"lang": {"type": "keyword"}, "removed": {"type": "boolean"}}}
    both = records(range(10), **old) | records(range(10, 30), **foreign)
    fill(name, both, shards=2, mappings=mappings)
    fields, query = {"deleted": "removed"}, {"term": {"lang": "en"}}
    reader = Reader(server, name, fields=fields, query=query, follow=follow)

    first = reader.read()
    assert (documents(first), gone(first)) == (ids(*range(10)), set())

    later = {"updated_at": "2026-02-01T00:00:00Z"}
    put(client, name, 1, "Now French.", lang="fr", **later)
    put(client, name, 2, "Removed.", lang="en", removed=True, **later)
    put(client, name, 3, "Kept.", lang="en", removed=False, **later)
    put(client, name, 15, "Now English.", lang="en", **later)
    client.indices.refresh(index=name)
    places = dict.fromkeys(ids(1, 2, 3, 15, 16), name)

    assert reader.source.missing(places) == dict.fromkeys(ids(1, 2, 16))
    fetched = list(reader.source.fetch(sorted(places)))
    assert (documents(fetched), gone(fetched)) == (ids(3, 15), ids(1, 2, 16))
    found = reader.read()
    assert documents(found) >= ids(3, 15)
    assert gone(found) >= ids(1, 2)
    assert not documents(found) & gone(found)
    if follow == "numbers":
        assert len(found) == 4


Kept = dict[str, Any]


def started_otherwise(kept: Kept) -> None:
    """Have the shard started again by its node, under the same term."""
    for copy in kept["copies"].values():
        copy[2][1] -= 1


def on_another_node(kept: Kept) -> None:
    for copy in kept["copies"].values():
        copy[2] = ["another", 1, 1]


def of_more_operations(kept: Kept) -> None:
    for copy in kept["copies"].values():
        copy[0] += 1000


def of_version_0_1(kept: Kept) -> None:
    kept["shards"] = {key: copy[:2] for key, copy in kept.pop("copies").items()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (started_otherwise, "or the shard moved away and back; reading it whole"),
        (on_another_node, "reading it whole"),
        (of_more_operations, "its numbers have gone back; reading it whole"),
        (of_version_0_1, ""),
    ],
)
def test_a_shard_that_is_read_again_tells_also_what_stopped_to_match(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    change: Callable[[Kept], None],
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(name, records(range(10), public=True))
    reader = Reader(server, name, query={"term": {"public": True}})
    assert documents(reader.read()) == ids(*range(10))
    put(client, name, 1, "Withdrawn.", public=False)
    for number in (6, 7, 8, 9):  # the last that were read, which the position remembers
        put(client, name, number, "Changed.", public=True)
    kept = json.loads(reader.position)
    change(kept)
    reader.position = json.dumps(kept)

    assert gone(reader.read(pages=1)) == set(), "broken off before it comes"
    found = reader.read()

    assert gone(found) == ids(1)
    assert told in caplog.text
    assert reader.read() == []


def test_a_first_read_that_was_broken_off_leaves_out_what_does_not_match(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    both = records(range(10), lang="en") | records(range(10, 60), lang="fr")
    fill(name, both, mappings={"properties": {"lang": {"type": "keyword"}}})
    reader = Reader(server, name, query={"term": {"lang": "en"}})

    found = reader.read(pages=1)
    put(client, name, 0, "Now French.", lang="fr")
    found += reader.read()

    assert documents(found) == ids(*range(10))
    assert gone(found) == ids(0)


def test_operations_that_do_not_settle_move_nothing(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(name, records(range(10)))
    reader = Reader(server, name)
    reader.read()
    before = reader.position
    client.indices.put_settings(
        index=name,
        settings={"index.translog.durability": "async", "index.translog.sync_interval": "1h"},
    )
    put(client, name, 3, "Not on disk yet.")
    monkeypatch.setattr(changes, "CONFIRM_SECONDS", 1.0)

    assert reader.read() == []

    assert reader.position == before
    assert "not final" in caplog.text
    client.indices.flush(index=name, force=True)
    assert documents(reader.read()) == ids(3)
