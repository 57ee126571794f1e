"""Indices whose records cannot have what is read of them, refused before any is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.errors import NotAllowed, SourceRejected
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import FOLLOW, all_records, documents, ids, records

pytestmark = pytest.mark.integration

TEXT = {"type": "text"}


def source(
    server: Elastic,
    index: str,
    fields: Mapping[str, str] | None = None,
    follow: Follow = "auto",
    query: dict[str, Any] | None = None,
) -> ElasticsearchSource:
    return ElasticsearchSource(
        server, name="wiki", index=index, fields=fields, follow=follow, query=query
    )


@pytest.mark.parametrize("follow", FOLLOW)
def test_an_index_without_source_is_refused_by_name(
    server: Elastic, name: str, fill: FillIndex, follow: Follow
) -> None:
    fill(f"{name}-1", records(range(2)))
    fill(f"{name}-2", records(range(2)), mappings={"_source": {"enabled": False}})
    found = source(server, f"{name}-*", follow=follow)

    without = f"'{name}-2': _source is disabled"
    with pytest.raises(SourceRejected, match=without):
        all_records(found)
    with pytest.raises(SourceRejected, match=without):
        list(found.fetch(["wiki:1"]))


@pytest.mark.parametrize("follow", FOLLOW)
def test_where_the_mapping_is_withheld_the_server_says_that_there_is_no_source(
    server: Elastic,
    name: str,
    fill: FillIndex,
    follow: Follow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise NotAllowed("the credentials lack 'view_index_metadata'")

    monkeypatch.setattr("corpus.elasticsearch.source.assert_readable", refuse)
    fill(name, records(range(2)), mappings={"_source": {"enabled": False}})

    with pytest.raises(SourceRejected, match="_source is disabled in the mapping"):
        all_records(source(server, name, follow=follow))


@pytest.mark.parametrize(
    ("filters", "fields", "field"),
    [
        ({"excludes": ["te*"]}, {}, "text"),
        ({"includes": ["title"]}, {}, "text"),
        ({"excludes": ["body"]}, {"text": "body.plain"}, "body.plain"),
        ({"excludes": ["key"]}, {"id": "key"}, "key"),
        ({"excludes": ["removed"]}, {"deleted": "removed"}, "removed"),
    ],
)
def test_a_field_that_the_mapping_leaves_out_is_named(
    server: Elastic,
    name: str,
    fill: FillIndex,
    filters: dict[str, Any],
    fields: Mapping[str, str],
    field: str,
) -> None:
    properties = {"key": {"type": "keyword"}, "removed": {"type": "boolean"}}
    mappings = {"_source": filters, "properties": properties}
    fill(name, records(range(2), key="k", body={"plain": "Ada."}), mappings=mappings)

    with pytest.raises(SourceRejected, match=f"leaves field '{field}' out of _source.*FIELDS__"):
        all_records(source(server, name, fields))


def test_what_is_kept_otherwise_or_left_out_beside_the_text_is_read(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    mappings = {"_source": {"includes": ["text", "title"], "excludes": ["title"]}}
    fill(name, records(range(2), other="Else."), mappings=mappings)

    assert documents(all_records(source(server, name))) == ids(0, 1)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("txet", "no record has a field 'txet', but 'text'.*FIELDS__TEXT, which is 'txet'"),
        ("text.keyword", "no record has a field 'text.keyword'"),
        ("doc.boby", "'doc.body'"),
        ("doc", "'doc.body'"),
        ("body", "'body' is another name of 'doc.body'"),
    ],
)
def test_a_text_that_no_record_can_have_is_refused_and_the_near_names_told(
    server: Elastic, name: str, fill: FillIndex, field: str, reason: str
) -> None:
    properties = {
        "doc": {"properties": {"body": TEXT}},
        "body": {"type": "alias", "path": "doc.body"},
    }
    found = {"1": {"text": "Ada.", "doc": {"body": "Ada."}}}
    fill(name, found, mappings={"properties": properties})

    with pytest.raises(SourceRejected, match=reason):
        all_records(source(server, name, {"text": field}))


@pytest.mark.parametrize(
    "mappings",
    [
        {"dynamic": False},
        {"dynamic": "runtime"},
        {"properties": {"doc": {"type": "object", "enabled": False}}},
        {"properties": {"doc": {"type": "flattened"}}},
        {"properties": {"doc": {"dynamic": False, "properties": {"title": TEXT}}}},
        {"subobjects": False, "properties": {"doc.body": TEXT}},
    ],
)
def test_a_text_that_the_mapping_need_not_show_is_read(
    server: Elastic, name: str, fill: FillIndex, mappings: dict[str, Any]
) -> None:
    fill(name, {"1": {"doc": {"body": "Ada."}}}, mappings=mappings)

    assert documents(all_records(source(server, name, {"text": "doc.body"}))) == ids(1)


def test_a_new_index_behind_the_name_need_not_have_a_text_yet(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    fill(f"{name}-1", records(range(2)))
    client.indices.create(index=f"{name}-2", mappings={"properties": {"key": {"type": "keyword"}}})

    assert documents(all_records(source(server, f"{name}-*"))) == ids(0, 1)


def test_an_index_without_the_text_is_refused_only_where_no_other_has_it(
    server: Elastic, name: str, fill: FillIndex, caplog: pytest.LogCaptureFixture
) -> None:
    properties = {"kind": {"type": "keyword"}}
    fill(f"{name}-1", records(range(2), kind="article"), mappings={"properties": properties})
    fill(f"{name}-2", {"9": {"kind": "article", "text": None}}, mappings={"properties": properties})
    fill(f"{name}-3", {"7": {"kind": "image"}}, mappings={"properties": properties})
    articles = {"term": {"kind": "article"}}
    told = f"index '{name}-%d': no record has a field 'text'"

    assert documents(all_records(source(server, f"{name}-*", query=articles))) == ids(0, 1)
    assert caplog.text.count(told % 2) == 1
    assert told % 3 not in caplog.text
    with pytest.raises(SourceRejected, match=told % 2):
        all_records(source(server, f"{name}-2,{name}-3", query=articles))
    with pytest.raises(SourceRejected, match=told % 3):
        all_records(source(server, f"{name}-1,{name}-3", query={"term": {"kind": "image"}}))
