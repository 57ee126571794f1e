"""One consistent view of an index, read page by page without changing anything."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from elasticsearch import Elasticsearch

from corpus.elastic import Elastic
from corpus.errors import CorpusError, SourceRejected, SourceUnavailable

log = logging.getLogger(__name__)

KEEP_ALIVE = "30m"
"""How long the server keeps the view after each page: more than a page's extraction takes."""
MOST_INDICES = 10_000

Hit = dict[str, Any]


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

    def pages(
        self,
        query: Mapping[str, Any],
        *,
        sort: Mapping[str, Any],
        fields: Sequence[str],
        size: int,
    ) -> Generator[list[Hit], None, None]:
        """Yield the records that match, with these fields only; a short page is the last."""
        after: dict[str, Any] = {}
        while True:
            answer = self._search(query=query, size=size, sort=[sort], source=fields, **after)
            hits: list[Hit] = answer["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < size:
                return
            after = {"search_after": hits[-1]["sort"]}

    def _search(self, **request: Any) -> Any:
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

        return self._server.call(search)


def assert_whole(answer: Any, index: str) -> None:
    """Refuse an answer that only some of the shards gave.

    Raises:
        SourceUnavailable: Some shards failed or did not answer in time.
    """
    if answer.get("timed_out") or answer["_shards"]["failed"]:
        raise SourceUnavailable(f"{index}: not all shards answered in time")
