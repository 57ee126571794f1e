from __future__ import annotations

import threading
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus import point_in_time
from corpus.elastic import Elastic
from corpus.errors import PointInTimeLost, SourceRejected
from corpus.hits import FieldMap
from corpus.reader import ElasticsearchSource, Follow
from corpus.records import UNKNOWN_TIME, DocumentSource, Record, Skipped
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex

pytestmark = pytest.mark.integration


def records(numbers: range, **fields: Any) -> dict[str, dict[str, Any]]:
    return {str(n): {"title": f"T{n}", "text": f"Ada met {n}.", **fields} for n in numbers}


FOLLOW: tuple[Follow, ...] = ("numbers", "full", "time")


def all_records(source: DocumentSource) -> list[Record]:
    return [record for page in source.pages("") for record in page.records]


def read(source: DocumentSource) -> tuple[dict[str, Document], list[Skipped]]:
    found = all_records(source)
    documents = [item for item in found if isinstance(item, Document)]
    assert len({document.id for document in documents}) == len(documents)
    return (
        {document.id: document for document in documents},
        [item for item in found if isinstance(item, Skipped)],
    )


def state(client: Elasticsearch, index: str) -> Any:
    """Everything that a write would move."""
    client.indices.refresh(index=index)
    told = client.indices.stats(index=index, level="shards")
    shards = {
        (name, number): [copy["seq_no"] for copy in copies]
        for name, stats in told["indices"].items()
        for number, copies in stats["shards"].items()
    }
    return (
        shards,
        dict(client.indices.get(index=index)),
        client.count(index=index)["count"],
    )


@pytest.mark.parametrize("follow", FOLLOW)
def test_three_shards_are_read_whole_and_nothing_is_written(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex, follow: Follow
) -> None:
    fill(name, records(range(250), updated_at="2026-01-31T12:00:00+01:00"), shards=3)
    before = state(client, name)
    indices = set(client.indices.get(index="*", expand_wildcards="all"))

    source = ElasticsearchSource(server, name="wiki", index=name, batch_size=7, follow=follow)
    assert source.expected("") == 250
    documents, skipped = read(source)

    assert not skipped
    assert documents.keys() == {f"wiki:{n}" for n in range(250)}
    assert documents["wiki:17"] == Document(
        id="wiki:17",
        source="wiki",
        title="T17",
        text="Ada met 17.",
        updated_at="2026-01-31T11:00:00Z",
        index=name,
    )
    assert state(client, name) == before
    assert set(client.indices.get(index="*", expand_wildcards="all")) == indices
    assert open_contexts(client) == 0


def open_contexts(client: Elasticsearch) -> int:
    nodes = client.nodes.stats(metric="indices", index_metric="search")["nodes"]
    return sum(node["indices"]["search"]["open_contexts"] for node in nodes.values())


@pytest.mark.parametrize("follow", FOLLOW)
@pytest.mark.parametrize("batch_size", [1, 5, 9, 10, 11])
def test_every_page_size_reads_the_same(
    server: Elastic, name: str, fill: FillIndex, batch_size: int, follow: Follow
) -> None:
    fill(name, records(range(10)), shards=2)

    source = ElasticsearchSource(
        server, name="wiki", index=name, batch_size=batch_size, follow=follow
    )

    assert len(read(source)[0]) == 10


@pytest.mark.parametrize("follow", FOLLOW)
def test_two_indices_behind_an_alias_and_an_id_in_both(
    server: Elastic, name: str, fill: FillIndex, follow: Follow
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    fill(f"{name}-1", records(range(30)), shards=3, aliases=alias)
    fill(f"{name}-2", records(range(25, 50), text="Newer."), aliases=alias)

    source = ElasticsearchSource(
        server, name="wiki", index=f"{name}-docs", batch_size=10, follow=follow
    )
    documents, skipped = read(source)

    assert documents.keys() == {f"wiki:{n}" for n in range(50)}
    assert {documents[f"wiki:{n}"].text for n in range(25, 30)} == {"Newer."}
    assert {documents[f"wiki:{n}"].index for n in range(25, 30)} == {f"{name}-2"}
    assert documents["wiki:3"].index == f"{name}-1"
    assert {(report.source, report.document) for report in skipped} == {
        (f"{name}-1", f"wiki:{n}") for n in range(25, 30)
    }
    assert all("duplicate id" in report.reason and report.duplicate for report in skipped)


def test_the_users_own_fields_are_read_wherever_they_are(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(
        name,
        {
            "a": {"doc": {"key": 7, "body": "Ada."}, "heading": ["One"], "when": 1_769_860_800_000},
            "b": {"doc.key": "k8", "doc": {"body": "Bob."}, "heading": None, "secret": "x" * 1000},
            "c": {"doc": [{"key": "k9", "body": "Cy."}], "link": {"href": "https://a.b/"}},
            "d": {"doc": {"key": "k10"}},
        },
        mappings={
            "dynamic": True,
            "properties": {"doc": {"properties": {"key": {"type": "keyword"}}}},
        },
    )
    fields = FieldMap(
        id="doc.key", title="heading", text="doc.body", updated_at="when", url="link.href"
    )

    documents, skipped = read(
        ElasticsearchSource(server, name="wiki", index=name, fields=fields, batch_size=3)
    )

    assert documents.keys() == {"wiki:7", "wiki:k8", "wiki:k9"}
    assert documents["wiki:7"].title == "One"
    assert documents["wiki:7"].updated_at == "2026-01-31T12:00:00Z"
    assert documents["wiki:k8"].text == "Bob."
    assert documents["wiki:k8"].updated_at == UNKNOWN_TIME
    assert documents["wiki:k9"].url == "https://a.b/"
    (report,) = skipped
    assert report == Skipped(
        source=name,
        place="d",
        document="wiki:k10",
        reason="field 'text' is missing; 'text' is read from 'doc.body'",
        index=name,
    )


def test_bad_records_are_reported_by_name_and_nothing_else_is_lost(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(
        name,
        {
            **records(range(5)),
            "東京 🙂": {"text": "Ада met\u0000🙂."},
            "empty": {"text": " "},
            "absent": {"title": "No text"},
            "two": {"text": ["a", "b"]},
            "dated": {"text": "Ada.", "updated_at": "31/01/2026"},
            "two\nlines": {"text": "Ada."},
        },
        mappings={"properties": {"updated_at": {"type": "keyword"}}},
        shards=3,
    )

    documents, skipped = read(ElasticsearchSource(server, name="wiki", index=name))

    assert documents.keys() == {"wiki:東京 🙂", *(f"wiki:{n}" for n in range(5))}
    assert documents["wiki:東京 🙂"].text == "Ада met 🙂."
    assert {(report.document, report.reason) for report in skipped} == {
        ("wiki:empty", "field 'text' is empty"),
        ("wiki:absent", "field 'text' is missing"),
        ("wiki:two", "field 'text' must be a string, found a list"),
        (
            "wiki:dated",
            "field 'updated_at' must be an ISO-8601 time or milliseconds since 1970",
        ),
        (
            "",
            "field 'id' holds line breaks or characters that cannot be stored; "
            "'id' is read from '_id'",
        ),
    }
    assert {report.source for report in skipped} == {name}


def test_only_records_that_match_the_query_are_read(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"lang": {"type": "keyword"}}}
    both = records(range(5), lang="en") | records(range(5, 9), lang="fr")
    fill(name, both, shards=2, mappings=mappings)

    source = ElasticsearchSource(
        server, name="wiki", index=name, query={"term": {"lang": "fr"}}, batch_size=2
    )

    assert read(source)[0].keys() == {f"wiki:{n}" for n in range(5, 9)}


@pytest.mark.parametrize("follow", FOLLOW)
def test_an_unfinished_read_closes_its_views(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex, follow: Follow
) -> None:
    fill(name, records(range(60)), shards=3)
    source = ElasticsearchSource(server, name="wiki", index=name, batch_size=2, follow=follow)

    unfinished = source.pages("")
    next(unfinished)
    assert open_contexts(client) >= 1
    unfinished.close()  # type: ignore[attr-defined]

    assert open_contexts(client) == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("shard-")]


def lose_points(monkeypatch: pytest.MonkeyPatch, client: Elasticsearch, *, after: set[int]) -> None:
    """Close the point in time behind the reader's back when these many pages were given out."""
    pages = point_in_time.PointInTime.pages
    given = 0

    def losing(self: point_in_time.PointInTime, *args: Any, **options: Any) -> Any:
        nonlocal given
        for hits in pages(self, *args, **options):
            if given in after:
                after.remove(given)
                client.close_point_in_time(id=self._id)
            given += 1
            yield hits

    monkeypatch.setattr(point_in_time.PointInTime, "pages", losing)


@pytest.mark.parametrize("follow", FOLLOW)
def test_a_lost_point_in_time_is_replaced_and_nothing_is_lost(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    follow: Follow,
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    fill(f"{name}-1", records(range(30)), shards=3, aliases=alias)
    fill(f"{name}-2", records(range(25, 50)), shards=2, aliases=alias)
    lose_points(monkeypatch, client, after={0, 3, 7, 11})

    source = ElasticsearchSource(
        server, name="wiki", index=f"{name}-docs", batch_size=4, follow=follow
    )
    found = all_records(source)

    ids = [item.id for item in found if isinstance(item, Document)]
    assert set(ids) == {f"wiki:{n}" for n in range(50)}
    if follow == "numbers":
        assert len(ids) == 50
    skipped = {item.document for item in found if isinstance(item, Skipped)}
    assert skipped == {f"wiki:{n}" for n in range(25, 30)}
    assert open_contexts(client) == 0


@pytest.mark.parametrize("follow", FOLLOW)
def test_points_in_time_that_are_lost_at_once_end_the_read(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    follow: Follow,
) -> None:
    fill(name, records(range(30)))
    pages = point_in_time.PointInTime.pages

    def lost(self: point_in_time.PointInTime, *args: Any, **options: Any) -> Any:
        client.close_point_in_time(id=self._id)
        return pages(self, *args, **options)

    monkeypatch.setattr(point_in_time.PointInTime, "pages", lost)
    source = ElasticsearchSource(server, name="wiki", index=name, batch_size=1, follow=follow)

    with pytest.raises(PointInTimeLost):
        all_records(source)


@pytest.mark.parametrize("follow", FOLLOW)
def test_what_cannot_be_read_is_refused_with_the_remedy(
    server: Elastic, name: str, fill: FillIndex, follow: Follow
) -> None:
    fill(name, records(range(2)))

    def source(index: str, **options: Any) -> ElasticsearchSource:
        return ElasticsearchSource(server, name="wiki", index=index, follow=follow, **options)

    for absent in (f"{name}-absent", f"{name}-absent*"):
        with pytest.raises(SourceRejected, match="correct the index's name"):
            all_records(source(absent))
        with pytest.raises(SourceRejected, match="correct"):
            source(absent).missing({"wiki:1": name})
        with pytest.raises(SourceRejected, match="correct"):
            list(source(absent).fetch(["wiki:1"]))
    with pytest.raises(SourceRejected, match="unknown query"):
        all_records(source(name, query={"nonsense": {}}))


@pytest.mark.parametrize("follow", FOLLOW)
def test_an_index_without_records_is_read_as_nothing(
    server: Elastic, client: Elasticsearch, name: str, follow: Follow
) -> None:
    client.indices.create(index=name)

    assert read(ElasticsearchSource(server, name="wiki", index=name, follow=follow)) == ({}, [])
