"""One consistent view of an index, read page by page without changing anything."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
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
    """

    def __init__(self, server: Elastic, index: str, query: Mapping[str, Any]) -> None:
        self._server = server
        self._index = index
        self._query = query
        self._id = ""

    def __enter__(self) -> Self:
        opened = self._server.call(
            lambda client: client.open_point_in_time(index=self._index, keep_alive=KEEP_ALIVE)
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
        """Return the indices that hold a matching record, last name first."""
        by_index = {"terms": {"field": "_index", "size": MOST_INDICES}}
        answer = self._search(query=self._query, size=0, aggregations={"indices": by_index})
        if not answer["_shards"]["total"]:
            raise SourceRejected(f"no index matches {self._index!r}: correct the index's name")
        found = answer["aggregations"]["indices"]
        if found["sum_other_doc_count"]:
            raise SourceRejected(f"{self._index!r} has over {MOST_INDICES} indices: name fewer")
        return sorted((bucket["key"] for bucket in found["buckets"]), reverse=True)

    def hits(self, index: str, *, fields: Sequence[str], page: int) -> Iterator[Hit]:
        """Yield the matching records of one of the indices, with these fields only."""
        in_index = {"bool": {"filter": [self._query, {"term": {"_index": index}}]}}
        after: dict[str, Any] = {}
        while True:
            answer = self._search(
                query=in_index, size=page, sort=[{"_shard_doc": "asc"}], source=fields, **after
            )
            hits: list[Hit] = answer["hits"]["hits"]
            yield from hits
            if len(hits) < page:
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
            if answer["timed_out"] or answer["_shards"]["failed"]:
                raise SourceUnavailable(f"{self._index}: not all shards answered in time")
            return answer

        return self._server.call(search)
