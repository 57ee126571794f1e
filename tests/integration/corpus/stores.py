"""A store that takes what a source yields, as the graph does, to be compared with its index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

from corpus.elasticsearch.source import ElasticsearchSource
from corpus.source import Gone, Page, Record
from extractor.schema import Document


class Store:
    """Documents by id, and how far their source is read."""

    def __init__(self, source: ElasticsearchSource) -> None:
        self.source = source
        self.position = ""
        self.documents: dict[str, Document] = {}
        self.taken = 0
        """Documents that were new or changed when they came."""
        self.read = 0

    def pages(self) -> Iterator[Page]:
        """Take page after page."""
        with closing(self.source.pages(self.position)) as pages:
            for page in pages:
                for record in page.records:
                    self.take(record)
                self.position = page.position
                yield page

    def update(self) -> int:
        """Take what has changed, and return how many records that was."""
        return sum(len(page.records) for page in self.pages())

    def take(self, record: Record) -> None:
        """Keep a document, or let go of one."""
        if isinstance(record, Document):
            self.read += 1
            self.taken += self.documents.get(record.id) != record
            self.documents[record.id] = record
        elif isinstance(record, Gone):
            self.documents.pop(record.document, None)

    def reconcile(self) -> None:
        """Let go of what the source no longer has."""
        places = {identifier: document.index for identifier, document in self.documents.items()}
        missing = self.source.missing(places)
        for record in self.source.fetch(list(missing)):
            self.take(record)

    def texts(self) -> dict[str, str]:
        """Return the text of each document."""
        return {identifier: document.text for identifier, document in self.documents.items()}


def texts_of(client: Elasticsearch, index: str) -> dict[str, str]:
    """Return the text of each document behind a name."""
    client.indices.refresh(index=index)
    hits: Iterable[dict[str, Any]] = scan(client, index=index, size=2000)
    return {f"wiki:{hit['_id']}": hit["_source"]["text"] for hit in hits}
