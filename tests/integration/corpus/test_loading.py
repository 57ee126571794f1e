from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.loading import DOCUMENT_MAPPING, load_documents, setup_index
from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import SourceRejected
from corpus.files.source import FileSource
from corpus.source import DocumentSource, Gone, Record, Skipped
from extractor.schema import Document

pytestmark = pytest.mark.integration

MakeDocument = Callable[..., Document]


def all_records(source: DocumentSource) -> Iterator[Record]:
    return (record for page in source.pages("") for record in page.records)


def documents(source: DocumentSource) -> dict[str, Document]:
    return {
        item.id: replace(item, index="")
        for item in all_records(source)
        if isinstance(item, Document)
    }


def stored(client: Elasticsearch, index: str) -> dict[str, Any]:
    answer = client.search(index=index, size=1000)
    return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}


def test_documents_come_back_as_they_went_in(
    server: Elastic, name: str, make_document: MakeDocument
) -> None:
    sent = [make_document(n, url=f"https://a.b/{'x' * 40_000}") for n in range(30)]
    odd = {"id": "tests:a/b c東京🙂", "text": "Ада\r\nmet\u2028東京 👩‍🔬.", "title": ""}
    sent.append(make_document(**odd))

    report = load_documents(server, name, sent)

    assert report.loaded == 31
    assert not report.skipped
    source = ElasticsearchSource(server, name="tests", index=name, batch_size=7)
    assert documents(source) == {document.id: document for document in sent}


def test_a_file_gives_the_same_documents_directly_and_through_elasticsearch(
    server: Elastic, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"id": 1, "text": "Ada.", "updated_at": "2026-01-31T12:00:00.5+01:00"}\n'
        '{"id": "2", "title": "B", "text": "a\\ud800\\u0000b", "url": " https://a.b/ "}\n'
        '{"id": 3}\n'
        '{"id": 1, "text": "again"}\n',
        encoding="utf-8",
    )

    report = load_documents(server, name, all_records(FileSource("wiki", file)))

    assert report.loaded == 2
    assert [skipped.place for skipped in report.skipped] == ["line 3", "line 4"]
    through = ElasticsearchSource(server, name="wiki", index=name)
    assert documents(through) == documents(FileSource("wiki", file))


def test_loading_twice_leaves_what_loading_once_does(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    documents = [make_document(n) for n in range(20)]

    load_documents(server, name, documents)
    once = stored(client, name)
    load_documents(server, name, documents)
    load_documents(server, name, [make_document(3, text="Changed.")])

    assert once.keys() == {str(n) for n in range(20)}
    assert stored(client, name) == once | {"3": once["3"] | {"text": "Changed."}}


def test_what_a_source_marks_as_deleted_is_removed(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    load_documents(server, name, [make_document(n) for n in range(3)])

    report = load_documents(
        server, name, [Gone(document="tests:1"), Gone(document="tests:never"), make_document(3)]
    )

    assert (report.loaded, report.removed, report.skipped) == (1, 2, ())
    assert stored(client, name).keys() == {"0", "2", "3"}


def test_an_index_is_set_up_once(server: Elastic, name: str) -> None:
    assert setup_index(server, name)
    assert not setup_index(server, name)


def test_documents_are_sent_as_they_are_read(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    def endless() -> Iterator[Document]:
        for n in range(2000):
            yield make_document(n)
        client.indices.refresh(index=name)
        assert client.count(index=name)["count"] >= 1500

    assert load_documents(server, name, endless()).loaded == 2000


def test_a_refused_document_is_reported_by_name_and_the_rest_is_loaded(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    broken = make_document("bad", updated_at="soon")

    report = load_documents(server, name, [make_document(1), broken, make_document(2)])

    assert report.loaded == 2
    (skipped,) = report.skipped
    assert (skipped.source, skipped.place, skipped.document) == (name, "bad", "tests:bad")
    assert "updated_at" in skipped.reason
    assert stored(client, name).keys() == {"1", "2"}


def test_the_reports_of_the_source_are_passed_on(
    server: Elastic, name: str, make_document: MakeDocument
) -> None:
    told = Skipped(source="a.jsonl", place="line 2", document="", reason="is not JSON")

    report = load_documents(server, name, [make_document(1), told])

    assert report.skipped == (told,)


def test_an_index_with_our_mapping_and_other_shards_is_filled(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    client.indices.create(index=name, mappings=DOCUMENT_MAPPING, settings={"number_of_shards": 3})

    assert load_documents(server, name, [make_document(1)]).loaded == 1


@pytest.mark.parametrize(
    "mappings",
    [
        None,
        {"properties": DOCUMENT_MAPPING["properties"]},
        DOCUMENT_MAPPING | {"properties": {"text": {"type": "text"}}},
        DOCUMENT_MAPPING | {"dynamic": "true"},
    ],
)
def test_an_index_that_is_not_ours_is_refused_and_left_as_it_was(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    make_document: MakeDocument,
    mappings: dict[str, Any] | None,
) -> None:
    client.indices.create(index=name, mappings=mappings)
    before = dict(client.indices.get(index=name))

    with pytest.raises(SourceRejected, match="give the name of an index that does not exist yet"):
        load_documents(server, name, [make_document(1)])

    client.indices.refresh(index=name)
    assert client.count(index=name)["count"] == 0
    assert dict(client.indices.get(index=name)) == before


def test_an_alias_of_two_indices_is_refused(
    server: Elastic, client: Elasticsearch, name: str, make_document: MakeDocument
) -> None:
    for number in (1, 2):
        client.indices.create(
            index=f"{name}-{number}", mappings=DOCUMENT_MAPPING, aliases={f"{name}-docs": {}}
        )

    with pytest.raises(SourceRejected, match="was not made by Factloom"):
        load_documents(server, f"{name}-docs", [make_document(1)])
