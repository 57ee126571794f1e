"""Documents from an Elasticsearch index that somebody else owns; nothing is written to it.

`docs/reference/sources.md` tells how reading goes, and what each way needs.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any, Literal

from corpus.elasticsearch.changes import ShardPage, ShardReading, read_shard
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.duplicates import Deduplicator
from corpus.elasticsearch.hits import OWN_ID, HitReader
from corpus.elasticsearch.lookup import Lookup
from corpus.elasticsearch.mapping import assert_readable
from corpus.elasticsearch.parallel import in_parallel
from corpus.elasticsearch.position import Position, fingerprint, position_of
from corpus.elasticsearch.query import Condition, Query, both
from corpus.elasticsearch.scan import Clock, pages_by_time, whole_pages
from corpus.elasticsearch.shards import Shard, alias_filters, assert_numbers, list_shards, refresh
from corpus.errors import IndexAbsent, NotAllowed
from corpus.records import check_source_name, document_id
from corpus.source import Gone, Page, Record

log = logging.getLogger(__name__)

Follow = Literal["auto", "numbers", "time", "full"]


class ElasticsearchSource:
    """Documents of an index, an alias, a data stream or a pattern.

    All methods raise `SourceUnavailable` when the server does not answer in full, or loses points
    in time without end, and `SourceRejected` when the index, the query or the credentials will not
    do.

    Args:
        server: Where the index is; it stays open when the source is closed.
        name: Name of the source, the first part of its documents' ids.
        index: What to read.
        fields: Our names of fields -> those of the index, where they are not `hits.FIELDS`.
        text_format: What the texts are: 'text', 'html' or 'markdown'.
        query: Elasticsearch query that a record must match.
        batch_size: Records per page.
        follow: How changes are found: by the numbers of operations, by the documents' times, not at
            all (every pass reads everything), or by numbers where the server allows it.
        parallel_shards: Shards that are read at the same time, at most.
        time_overlap_seconds: Read again by time: more than clocks differ and writing takes.
        time_delay_seconds: Younger documents are left to the next pass by time.

    Raises:
        SourceRejected: The name cannot be used.
    """

    def __init__(
        self,
        server: Elastic,
        *,
        name: str,
        index: str,
        fields: Mapping[str, str] | None = None,
        text_format: str = "text",
        query: Mapping[str, Any] | None = None,
        batch_size: int = 500,
        follow: Follow = "auto",
        parallel_shards: int = 4,
        time_overlap_seconds: int = 600,
        time_delay_seconds: int = 30,
    ) -> None:
        self.name = check_source_name(name)
        self._server = server
        self._index = index
        self._size = batch_size
        self._follow = follow
        self._threads = parallel_shards
        self._readable = False
        self._hits = HitReader(name, fields or {}, text_format=text_format)
        self._names = names = self._hits.names
        formats = [text_format] if text_format != "text" else []
        self._reading = fingerprint(names, query, *formats)
        self._condition = Condition(query=query)
        self._lookup = Lookup(server, index, self._hits, self._condition, names["deleted"])
        self._clock = Clock(
            field=names["updated_at"],
            overlap_seconds=time_overlap_seconds,
            delay_seconds=time_delay_seconds,
        )

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Yield what changed since a position; since the empty one, everything."""
        self._lookup.assert_ids_can_be_looked_up()
        self._assert_readable()
        if self._follow == "time":
            yield from self._pages_by_time(position)
            return
        start = position_of(position, self._reading)
        if self._follow != "full":
            try:
                shards, filters = self._numbered_shards(start)
            except NotAllowed as error:
                if self._follow == "numbers":
                    remedy = "allow it, or set FACTLOOM_ELASTICSEARCH__FOLLOW to time or full"
                    raise NotAllowed(f"{error}: {remedy}") from error
                log.warning("%s: %s, so all of it is read", self._index, error)
            else:
                yield from self._numbered_pages(shards, filters, start)
                return
        yield from self._whole_pages()

    def expected(self, position: str) -> int:
        """Return about how many records `pages` will yield, for a progress bar."""
        start = position_of(position, self._reading)
        if start.shards and self._follow in ("auto", "numbers"):
            try:
                shards, _ = self._shards()
            except NotAllowed:
                return self._lookup.count()
            return sum(_expected(shard, start) for shard in shards)
        return self._lookup.count()

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents of these ids as they are now; `Gone` for those that are nowhere."""
        self._assert_readable()
        for identifier, record in self._lookup.fetch([self._own(each) for each in ids]):
            yield record or Gone(document=document_id(self.name, identifier))

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return the documents that are not in the index that held them."""
        own = {self._own(document): index for document, index in places.items()}
        absent = self._lookup.missing(own)
        return {document_id(self.name, each): index for each, index in absent.items()}

    def unread(self) -> str:
        """Return nothing: what is not read of an index is a record, and is reported."""
        return ""

    def close(self) -> None:
        """Do nothing: views are closed by those who read, and the server is not ours."""

    def _assert_readable(self) -> None:
        """Refuse, once, what no document could be read from: its documents would look emptied."""
        if self._readable or self._is_remote:
            return
        others = {"ID": self._names["id"], "DELETED": self._names["deleted"]}
        named = {setting: name for setting, name in others.items() if name and name != OWN_ID}
        try:
            for text in self._hits.texts:
                assert_readable(
                    self._server,
                    self._index,
                    text=text,
                    others=named,
                    query=self._condition.whole,
                )
        except NotAllowed as error:
            log.info("%s: %s, so the names of its fields are not checked", self._index, error)
        self._readable = True

    @property
    def _is_remote(self) -> bool:
        return ":" in self._index and not self._index.startswith("<")

    def _own(self, document: str) -> str:
        return document.removeprefix(f"{self.name}:")

    def _shards(self) -> tuple[list[Shard], Mapping[str, Query]]:
        """Return all shards, and the filter through which each index is read.

        A position counts for the filter under which it was reached.

        Raises:
            NotAllowed: The server withholds what that needs.
        """
        shards = list_shards(self._server, self._index)
        filters = alias_filters(self._server, self._index)
        marks = {index: fingerprint(query) for index, query in filters.items()}
        return [replace(each, seen_through=marks.get(each.index, "")) for each in shards], filters

    def _numbered_shards(self, start: Position) -> tuple[list[Shard], Mapping[str, Query]]:
        """Return all shards as they were before those with news were refreshed, and the filters.

        Raises:
            NotAllowed: The server withholds what that needs.
        """
        if self._is_remote:
            raise NotAllowed("another cluster's index cannot be followed by number")
        shards, filters = self._shards()
        news = (shard for shard in shards if not shard.nothing_since(start.shards.get(shard.key)))
        for index in dict.fromkeys(shard.index for shard in news):
            refresh(self._server, index)
            assert_numbers(self._server, index)
        return shards, filters

    def _numbered_pages(
        self, shards: Sequence[Shard], filters: Mapping[str, Query], start: Position
    ) -> Iterator[Page]:
        news = [shard for shard in shards if not shard.nothing_since(start.shards.get(shard.key))]
        if not news:
            return
        conditions = {
            shard.index: Condition(query=both(self._condition.query, filters.get(shard.index)))
            for shard in shards
        }
        indices = list(dict.fromkeys(shard.index for shard in shards))
        deduplicator = Deduplicator(self._hits, self._lookup, indices)
        reached = {
            shard.key: start.shards[shard.key] for shard in shards if shard.key in start.shards
        }
        tasks = [
            partial(self._read, shard, self._shard_reading(conditions[shard.index], start))
            for shard in news
        ]
        with closing(in_parallel(tasks, threads=self._threads)) as pages:
            for index, page in pages:
                records = tuple(deduplicator.records(page.hits, conditions[index]))
                reached[page.key] = page.reached
                yield Page(records=records, position=Position(shards=reached).dump(self._reading))

    def _shard_reading(self, condition: Condition, start: Position) -> ShardReading:
        return ShardReading(
            condition=condition, content=self._lookup.wanted, size=self._size, start=start.shards
        )

    def _read(
        self, shard: Shard, reading: ShardReading, stop: Event
    ) -> Generator[tuple[str, ShardPage], None, None]:
        try:
            with closing(read_shard(self._server, shard, reading, stop)) as pages:
                for page in pages:
                    yield shard.index, page
        except IndexAbsent as error:
            log.warning("%s has vanished while it was read: %s", shard.index, error)

    def _pages_by_time(self, position: str) -> Iterator[Page]:
        reading = fingerprint(self._reading, self._index)  # a time tells nothing of other indices
        start = position_of(position, reading)
        pages = pages_by_time(
            self._server,
            self._index,
            since=start.time,
            clock=self._clock,
            condition=self._condition,
            content=self._lookup.wanted,
            size=self._size,
        )
        with closing(pages):
            for page in pages:
                deduplicator = Deduplicator(self._hits, self._lookup, page.indices)
                condition = Condition() if start.time is None else self._condition
                records = tuple(deduplicator.records(page.hits, condition))
                position = Position(time=page.reached).dump(reading)
                yield Page(records=records, position="" if page.reached is None else position)

    def _whole_pages(self) -> Iterator[Page]:
        pages = whole_pages(
            self._server,
            self._index,
            condition=self._condition,
            content=self._lookup.wanted,
            size=self._size,
        )
        with closing(pages):
            for page in pages:
                deduplicator = Deduplicator(self._hits, self._lookup, page.indices)
                yield Page(records=tuple(deduplicator.records(page.hits, Condition())), position="")


def _expected(shard: Shard, start: Position) -> int:
    reached = start.shards.get(shard.key)
    return min(shard.documents, shard.highest - reached.number) if reached else shard.documents
