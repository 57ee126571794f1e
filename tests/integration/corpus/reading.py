"""A source that is read once, or again and again, and what its records are."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.source import DocumentSource, Gone, Record, Skipped
from extractor.schema import Document


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
        with closing(self.source.pages(self.position)) as reading:
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


def open_contexts(client: Elasticsearch, prefix: str) -> int:
    """Return the views open of the indices whose names begin so: the server has other readers."""
    stats = client.indices.stats(index=f"{prefix}*", metric="search")
    return int(stats["_all"]["total"]["search"]["open_contexts"])
