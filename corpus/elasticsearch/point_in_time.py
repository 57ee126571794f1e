"""One consistent view of an index, read page by page without changing anything."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.halving import ATTEMPTS_ALONE, PageSize
from corpus.errors import AnswerTooLarge, CorpusError, SourceRejected, SourceUnavailable

log = logging.getLogger(__name__)

KEEP_ALIVE = "30m"
"""How long the server keeps the view after each page: more than a page's extraction takes."""
MOST_INDICES = 10_000

Hit = dict[str, Any]
_DATE_FORMAT = "strict_date_optional_time"
UNREAD = "_unread"
"""In a hit without content: why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is read of each record."""

    fields: Sequence[str]
    id_field: str = ""
    """A field that also tells the id where the rest cannot be read; empty: '_id' is the id."""
    date_field: str = ""
    """A field that the server knows as a date: it writes it in one format; empty: there is none."""

    @property
    def whole(self) -> dict[str, Any]:
        """What a search asks for."""
        dates = [{"field": self.date_field, "format": _DATE_FORMAT}] if self.date_field else []
        return {"source": list(self.fields) or False, "fields": dates}

    @property
    def identity(self) -> dict[str, Any]:
        """What it asks for to name a record without loading it."""
        return {"source": False, "docvalue_fields": [self.id_field] if self.id_field else []}


class PointInTime:
    """A point in time of the indices behind a name; a context manager that closes it.

    All methods raise `PointInTimeLost` when the server no longer has it, `SourceUnavailable` when
    the server cannot answer in full, and `SourceRejected` when the request will not do.

    Args:
        server: Where the index is.
        index: A name; of one index only where a shard is given.
        shard: Number of the shard to view; all, if None.
    """

    def __init__(self, server: Elastic, index: str, *, shard: int | None = None) -> None:
        self._server = server
        self._index = index
        self._preference = None if shard is None else f"_shards:{shard}"
        self._id = ""

    def __enter__(self) -> Self:
        opened = self._server.call(
            lambda client: client.open_point_in_time(
                index=self._index, keep_alive=KEEP_ALIVE, preference=self._preference
            )
        )
        self._id = opened["id"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._server.call(lambda client: client.close_point_in_time(id=self._id))
        except CorpusError as failure:
            log.warning("point in time of %s ends by itself: %s", self._index, failure)

    def indices(self) -> list[str]:
        """Return the indices that hold a record, in the order of their names."""
        by_index = {"terms": {"field": "_index", "size": MOST_INDICES}}
        answer = self._search(size=0, aggregations={"indices": by_index})
        if not answer["_shards"]["total"]:
            raise SourceRejected(f"no index matches {self._index!r}: correct the index's name")
        found = answer["aggregations"]["indices"]
        if found["sum_other_doc_count"]:
            raise SourceRejected(f"{self._index!r} has over {MOST_INDICES} indices: name fewer")
        return sorted(bucket["key"] for bucket in found["buckets"])

    def aggregated(self, query: Mapping[str, Any], aggregation: Mapping[str, Any]) -> Any:
        """Return an aggregation over the records that match."""
        answer = self._search(size=0, query=query, aggregations={"asked": aggregation})
        return answer["aggregations"]["asked"]

    def pages(
        self,
        query: Mapping[str, Any],
        *,
        sort: Mapping[str, Any],
        content: Content,
        size: int,
        **options: Any,
    ) -> Generator[list[Hit], None, None]:
        """Yield the records that match, this much of each; a short page is the last.

        Where a page is too large for one answer there are fewer records in the next ones. A record
        that is too large by itself comes without its content, marked as unread. Further options
        go to the search as they are.
        """
        page = PageSize(size)
        request: dict[str, Any] = {"query": query, "sort": [sort], **options}
        while True:
            asked = page.now
            try:
                hits = self._hits(asked, request, content)
            except AnswerTooLarge:
                log.info("%s: a page of %d is too large for one answer", self._index, asked)
                page.shrink()
                continue
            page.passed()
            if hits:
                yield hits
            if len(hits) < asked:
                return
            request["search_after"] = hits[-1]["sort"]

    def _hits(self, size: int, request: Mapping[str, Any], content: Content) -> list[Hit]:
        try:
            attempts = 1 if size > 1 else ATTEMPTS_ALONE
            answer = self._search(attempts, size=size, **request, **content.whole)
            return list(answer["hits"]["hits"])
        except AnswerTooLarge as error:
            if size > 1:
                raise
            answer = self._search(None, size=size, **request, **content.identity)
            return [unread(hit, error) for hit in answer["hits"]["hits"]]

    def _search(self, attempts_if_too_large: int | None = None, /, **request: Any) -> Any:
        def search(client: Elasticsearch) -> Any:
            answer = client.search(
                pit={"id": self._id, "keep_alive": KEEP_ALIVE},
                allow_partial_search_results=False,
                track_total_hits=False,
                **request,
            )
            self._id = answer["pit_id"]
            assert_whole(answer, self._index)
            return answer

        return self._server.call(search, attempts_if_too_large=attempts_if_too_large)


def unread(hit: Hit, error: AnswerTooLarge) -> Hit:
    """Return a hit without content that says why."""
    return {**hit, UNREAD: f"too large to be read: {error}"}


def assert_whole(answer: Any, index: str) -> None:
    """Refuse an answer that only some of the shards gave.

    Raises:
        SourceUnavailable: Some shards failed or did not answer in time.
    """
    if answer.get("timed_out") or answer["_shards"]["failed"]:
        raise SourceUnavailable(f"{index}: not all shards answered in time")
