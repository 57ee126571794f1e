"""`factloom load`: documents from files into an Elasticsearch index of our own."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path

from corpus.elasticsearch.loading import LoadReport, load_documents
from corpus.files.source import FileSource
from flows.components import components
from flows.errors import NoIndex


def load_index(path: Path, *, index: str | None, limit: int | None) -> LoadReport:
    """Fill an index of documents, made if need be, from a file or folder.

    Raises:
        NoIndex: neither the command nor the settings name an index.
    """
    parts = components()
    name = index or parts.settings.elasticsearch.index
    if not name:
        raise NoIndex("no index to fill: give --index or set FACTLOOM_ELASTICSEARCH__INDEX")
    with closing(FileSource(parts.settings.source.name, path)) as source:
        records = (record for page in source.pages("") for record in page.records)
        return load_documents(parts.elasticsearch, name, islice(records, limit))
