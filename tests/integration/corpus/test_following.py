"""What a second read finds after documents have changed."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from corpus import numbers
from corpus.elastic import Elastic
from corpus.errors import NotAllowed, SourceRejected
from corpus.hits import FieldMap
from corpus.reader import ElasticsearchSource
from corpus.records import Gone, Record, Skipped, id_of
from corpus.shards import assert_numbers
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex

pytestmark = pytest.mark.integration


def records(numbers: range, **fields: Any) -> dict[str, dict[str, Any]]:
    return {str(n): {"title": f"T{n}", "text": f"Ada met {n}.", **fields} for n in numbers}


class Reader:
    """Reads a source again and again, each time from where it came."""

    def __init__(self, server: Elastic, index: str, **options: Any) -> None:
        settings = {"name": "wiki", "batch_size": 4, "follow": "numbers", **options}
        self.source = ElasticsearchSource(server, index=index, **settings)
        self.position = ""

    def read(self, pages: int | None = None) -> list[Record]:
        found: list[Record] = []
        with closing(self.source.pages(self.position)) as reading:  # type: ignore[type-var]
            for page in reading:
                found += page.records
                self.position = page.position
                if pages is not None and (pages := pages - 1) == 0:
                    break
        return found


def documents(found: list[Record]) -> set[str]:
    return {item.id for item in found if isinstance(item, Document)}


def gone(found: list[Record]) -> set[str]:
    return {item.document for item in found if isinstance(item, Gone)}


def ids(*numbers: int) -> set[str]:
    return {f"wiki:{n}" for n in numbers}


def put(client: Elasticsearch, index: str, identifier: int, text: str, **fields: Any) -> None:
    client.index(index=index, id=str(identifier), document={"text": text, **fields})


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
    assert len(json.loads(reader.position)["shards"]) == 4
    assert reader.source.missing(dict.fromkeys(ids(1, 2), f"{name}-1")) == {
        "wiki:1": f"{name}-3",
        "wiki:2": f"{name}-3",
    }


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

    monkeypatch.setattr("corpus.reader.assert_numbers", made_again)
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
    for options in ({"query": {"ids": {"values": ["1"]}}}, {"fields": FieldMap(text="body")}):
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
    fields, query = FieldMap(deleted="removed"), {"term": {"lang": "en"}}
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
        fields=FieldMap(deleted="removed"),
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


def test_ids_of_a_field_are_looked_up_and_doubled_ones_reported(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"key": {"type": "keyword"}, "name": {"type": "text"}}}
    rows = {
        f"row{n}": {"key": f"k{n % 8}", "name": f"n{n}", "text": f"Row {n}."} for n in range(10)
    }
    fill(name, rows, shards=3, mappings=mappings)
    reader = Reader(server, name, fields=FieldMap(id="key"))

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
    by_text = Reader(server, name, fields=FieldMap(id="name"))
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


def test_by_time_another_index_is_read_whole(server: Elastic, name: str, fill: FillIndex) -> None:
    for number in (1, 2):
        fill(
            f"{name}-{number}", records(range(number, number + 1), updated_at=f"202{number}-01-01")
        )
    one = Reader(server, f"{name}-2", follow="time")
    assert documents(one.read()) == ids(2)
    assert documents(one.read()) == ids(2)

    both = Reader(server, f"{name}-*", follow="time")
    both.position = one.position
    assert documents(both.read()) == ids(1, 2)


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
    monkeypatch.setattr(numbers, "CONFIRM_SECONDS", 1.0)

    assert reader.read() == []

    assert reader.position == before
    assert "not settled" in caplog.text
    client.indices.flush(index=name, force=True)
    assert documents(reader.read()) == ids(3)


@pytest.fixture
def withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not allow a refresh."""

    def refuse(*_: Any) -> None:
        raise NotAllowed("the credentials lack the index privilege 'maintenance' on 'x'")

    monkeypatch.setattr("corpus.reader.refresh", refuse)


@pytest.mark.usefixtures("withheld")
def test_where_numbers_are_withheld_everything_is_read_and_the_privilege_named(
    server: Elastic, name: str, fill: FillIndex, caplog: pytest.LogCaptureFixture
) -> None:
    fill(name, records(range(10)))
    reader = Reader(server, name, follow="auto")

    assert documents(reader.read()) == documents(reader.read()) == ids(*range(10))
    assert reader.position == ""
    assert "'maintenance'" in caplog.text
    with pytest.raises(NotAllowed, match=r"'maintenance'.*FACTLOOM_ELASTICSEARCH__FOLLOW"):
        Reader(server, name).read()


def test_an_index_without_numbers_is_read_whole(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        client.indices.create(index=name, settings={"index.disable_sequence_numbers": True})
    except BadRequestError:
        pytest.skip("this version of Elasticsearch always has sequence numbers")
    put(client, name, 1, "Ada.")
    client.indices.refresh(index=name)

    assert documents(Reader(server, name, follow="auto").read()) == ids(1)
    assert "no sequence numbers" in caplog.text


def test_by_time_what_is_late_within_the_overlap_is_found(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"updated_at": {"type": "date"}}}
    fill(name, records(range(5), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)
    put(client, name, 5, "Timeless.")
    client.indices.refresh(index=name)
    reader = Reader(server, name, follow="time", time_overlap_seconds=60)

    assert documents(reader.read()) == ids(*range(6))
    put(client, name, 6, "A little late.", updated_at="2026-01-01T11:59:30Z")
    put(client, name, 7, "Too late.", updated_at="2026-01-01T11:58:30Z")
    put(client, name, 8, "In the future.", updated_at="2999-01-01T00:00:00Z")
    client.indices.refresh(index=name)

    assert documents(reader.read()) == ids(0, 1, 2, 3, 4, 6)


def test_by_time_a_field_that_is_no_time_is_refused(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"updated_at": {"type": "keyword"}}}
    fill(name, records(range(5), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)

    with pytest.raises(SourceRejected, match="numeric"):
        Reader(server, name, follow="time").read()
