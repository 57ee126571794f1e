"""One read of an index, in each way."""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.errors import SourceRejected
from corpus.fields.times import UNKNOWN_TIME
from corpus.source import Skipped
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import FOLLOW, all_records, open_contexts, read, records

pytestmark = pytest.mark.integration


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
    assert open_contexts(client, name) == 0


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
    fields = {
        "id": "doc.key",
        "title": "heading",
        "text": "doc.body",
        "updated_at": "when",
        "url": "link.href",
    }

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
        text="missing",
    )


def test_bad_records_are_reported_by_name_and_nothing_else_is_lost(
    server: Elastic, name: str, fill: FillIndex, caplog: pytest.LogCaptureFixture
) -> None:
    fill(
        name,
        {
            **records(range(5)),
            "東京 🙂": {"text": "Ада met\u0000🙂."},
            "empty": {"text": " "},
            "absent": {"title": "No text"},
            "two": {"text": ["Ada met", "two."]},
            "objects": {"text": [{"de": "Ada."}, {"en": "Ada."}]},
            "dated": {"text": "Ada.", "updated_at": "31/01/2026"},
            "two\nlines": {"text": "Ada."},
        },
        mappings={
            "properties": {
                "updated_at": {"type": "keyword"},
                "text": {"type": "object", "enabled": False},
            }
        },
        shards=3,
    )

    documents, skipped = read(ElasticsearchSource(server, name="wiki", index=name))

    read_whole = {"wiki:東京 🙂", "wiki:two", "wiki:dated", *(f"wiki:{n}" for n in range(5))}
    assert documents.keys() == read_whole
    assert documents["wiki:東京 🙂"].text == "Ада met 🙂."
    assert documents["wiki:two"].text == "Ada met\n\ntwo."
    assert documents["wiki:dated"].updated_at == UNKNOWN_TIME
    assert "wiki:dated: field 'updated_at' must be an ISO-8601 time" in caplog.text
    assert {(report.document, report.reason) for report in skipped} == {
        ("wiki:empty", "field 'text' is empty"),
        ("wiki:absent", "field 'text' is missing"),
        (
            "wiki:objects",
            "field 'text' must be a string or a list of paragraphs, found a list of objects",
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
