"""Filling an Elasticsearch index of our own with documents.

The index gets a strict mapping that is marked as ours; an index with any other is refused, because
it is somebody's. A document is stored under its own id, as raw text: gold annotation stays behind.
Loading twice leaves what loading once does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from corpus.elasticsearch.bulk import Write, write_all
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.errors import error_types
from corpus.elasticsearch.mapping import mappings_of
from corpus.errors import SourceRejected
from corpus.source import Gone, Record, Skipped
from extractor.schema import Document

DOCUMENT_MAPPING: dict[str, Any] = {
    "_meta": {"factloom": "documents 1"},
    "dynamic": "strict",
    "properties": {
        "title": {"type": "text"},
        "text": {"type": "text"},
        "updated_at": {"type": "date"},
        "url": {"type": "keyword", "index": False, "doc_values": False},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What loading did."""

    loaded: int
    removed: int = 0
    """Records that the source marks as deleted."""
    skipped: tuple[Skipped, ...] = ()
    """What the source skipped, and what the server refused."""


def setup_index(server: Elastic, index: str) -> bool:
    """Create an index of documents where nothing has this name; return whether it was made.

    Somebody's own index, or an alias, stays as it is.

    Raises:
        SourceUnavailable: The server does not answer, also after waiting.
        SourceRejected: A pattern matches nothing, or the credentials will not do.
    """
    if server.call(partial(mappings_of, index=index)):
        return False
    if set(index) & set("*,:"):
        raise SourceRejected(f"no index matches {index!r}: correct the index's name")
    server.call(partial(_create, index=index))
    return True


def load_documents(server: Elastic, index: str, records: Iterable[Record]) -> LoadReport:
    """Store documents in an index, which is created where there is none of this name.

    Raises:
        SourceUnavailable: The server does not answer, also after waiting.
        SourceRejected: The index is not one of ours, or the credentials will not do.
    """
    setup_index(server, index)
    found = server.call(partial(mappings_of, index=index))
    if [mapping["mappings"] for mapping in found.values()] != [DOCUMENT_MAPPING]:
        raise SourceRejected(
            f"index {index!r} was not made by Factloom, so nothing is loaded into it: "
            f"give the name of an index that does not exist yet"
        )
    skipped: list[Skipped] = []
    loaded = removed = 0

    def writes() -> Iterator[Write]:
        nonlocal loaded, removed
        for found in records:
            if isinstance(found, Skipped):
                skipped.append(found)
            elif isinstance(found, Gone):
                removed += 1
                yield _removal(found)
            else:
                loaded += 1
                yield _write(found)

    for refused in write_all(server, index, writes()):
        if refused.write.record is None:
            removed -= 1
        else:
            loaded -= 1
        skipped.append(
            Skipped(
                source=index,
                place=refused.write.id,
                document=refused.write.name,
                reason=refused.reason,
            )
        )
    server.call(lambda client: client.indices.refresh(index=index))
    return LoadReport(loaded=loaded, removed=removed, skipped=tuple(skipped))


def _write(document: Document) -> Write:
    record = {
        "title": document.title,
        "text": document.text,
        "updated_at": document.updated_at,
        "url": document.url,
    }
    return Write(
        id=document.id.removeprefix(f"{document.source}:"),
        name=document.id,
        record=record,
        characters=len(document.text) + len(document.title),
    )


def _removal(gone: Gone) -> Write:
    identifier = gone.document.partition(":")[2]
    return Write(id=identifier, name=gone.document, record=None, characters=0)


def _create(client: Elasticsearch, *, index: str) -> None:
    try:
        client.indices.create(index=index, mappings=DOCUMENT_MAPPING)
    except BadRequestError as error:
        if "resource_already_exists_exception" not in error_types(error):
            raise
