"""Documents from an Elasticsearch index that somebody else owns; nothing is written to it.

One read sees one point in time. It goes through the indices behind the name one by one, the last
name first (so of an id that two indices hold, the newer generation's record is kept and the other
reported), and page by page through each.

A point in time can be lost: a node restarts, or the pages are taken slower than it is kept. Then a
new one is opened and what was read already is left out. A document that changed in between counts
as read; the next run sees the change.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

from corpus.elastic import Elastic
from corpus.errors import PointInTimeLost, RecordRejected
from corpus.point_in_time import Hit, PointInTime
from corpus.records import (
    Skipped,
    check_source_name,
    clean_line,
    document_id,
    document_of_record,
)
from extractor.schema import Document

log = logging.getLogger(__name__)

OWN_ID = "_id"
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Names of the fields in the user's own index; dots lead into objects."""

    id: str = OWN_ID
    """'_id' is the record's id in its index."""
    title: str = "title"
    text: str = "text"
    updated_at: str = "updated_at"
    url: str = "url"


class ElasticsearchSource:
    """Documents of an index, an alias, a data stream or a pattern.

    Args:
        server: Where the index is; the privilege `read` on it is enough.
        name: Name of the source, the first part of its documents' ids.
        index: What to read.
        fields: Names of the index's fields.
        query: Elasticsearch query that a record must match.
        batch_size: Records per page.

    Raises:
        SourceRejected: The name cannot be used.
    """

    def __init__(
        self,
        server: Elastic,
        *,
        name: str,
        index: str,
        fields: FieldMap | None = None,
        query: Mapping[str, Any] | None = None,
        batch_size: int = 500,
    ) -> None:
        self.name = check_source_name(name)
        self._server = server
        self._index = index
        self._fields: dict[str, str] = asdict(fields or FieldMap())
        self._query = query or {"match_all": {}}
        self._batch_size = batch_size

    def read(self, *, limit: int | None = None) -> Iterator[Document | Skipped]:
        """Yield the documents, `limit` at most, and what was skipped on the way.

        Raises:
            SourceUnavailable: The server does not answer, or loses points in time without end.
            SourceRejected: The index, the query or the credentials will not do.
        """
        seen: set[bytes] = set()
        if limit == 0:
            return
        with closing(self._hits()) as hits:
            for hit in hits:
                found = self._found(hit)
                if isinstance(found, Document):
                    digest = _digest(found.id)
                    if digest in seen:
                        reason = "duplicate id: another record with it was kept"
                        found = _skipped(hit, found.id, reason)
                    seen.add(digest)
                yield found
                if limit is not None and len(seen) >= limit:
                    return

    def _hits(self) -> Generator[Hit, None, None]:
        """Yield each record once, over as many points in time as it takes."""
        taken: defaultdict[str, set[bytes]] = defaultdict(set)
        finished: set[str] = set()
        count = 0
        while True:
            count_before = count
            try:
                with PointInTime(self._server, self._index, self._query) as point:
                    for index in point.indices():
                        if index in finished:
                            continue
                        for hit in point.hits(index, fields=self._wanted, page=self._batch_size):
                            place = _digest(hit["_id"], hit.get("_routing", ""))
                            if place not in taken[index]:
                                taken[index].add(place)
                                count += 1
                                yield hit
                        finished.add(index)
                        taken.pop(index, None)
                return
            except PointInTimeLost:
                if count == count_before:
                    raise
                log.warning("%s: point in time lost after %d records", self._index, count)

    @property
    def _wanted(self) -> list[str]:
        return [name for name in self._fields.values() if name != OWN_ID]

    def _found(self, hit: Hit) -> Document | Skipped:
        source = hit.get("_source", {})
        values = {
            field: hit["_id"] if name == OWN_ID else value_at(source, name)
            for field, name in self._fields.items()
        }
        record = {field: value for field, value in values.items() if value is not _ABSENT}
        try:
            return document_of_record(record, source=self.name)
        except RecordRejected as error:
            known = document_id(self.name, error.identifier) if error.identifier else ""
            renamed = [
                f"{field!r} is read from {name!r}"
                for field, name in self._fields.items()
                if field != name and f"field {field!r}" in error.reason
            ]
            return _skipped(hit, known, "; ".join([error.reason, *renamed]))


def value_at(source: Mapping[str, Any], path: str) -> object:
    """Return the value at a dotted path, however the record nests it; a list of one is its item."""
    found: object = _ABSENT
    if path in source:
        found = source[path]
    else:
        for dot in (place for place, character in enumerate(path) if character == "."):
            inner = _only(source.get(path[:dot]))
            if isinstance(inner, Mapping):
                found = value_at(inner, path[dot + 1 :])
            if found is not _ABSENT:
                break
    return _only(found)


def _only(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _skipped(hit: Hit, document: str, reason: str) -> Skipped:
    place = clean_line(hit["_id"])
    return Skipped(source=hit["_index"], place=place, document=document, reason=reason)


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).digest()
