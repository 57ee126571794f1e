"""Everything behind a name, from one view after another: needs no privilege but `read`."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.point_in_time import Content, Hit, PointInTime
from corpus.elasticsearch.query import Condition, Query
from corpus.errors import PointInTimeLost, SourceRejected

log = logging.getLogger(__name__)

MOST_LOSSES = 5
"""Views that may be lost in a row while nothing is finished."""
_FIELD_ERRORS = ("query_shard_exception", "illegal_argument_exception")
_NO_TIME = 0
"""Sorted first: records without a time, of which the server tells the least number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPage:
    """Hits of a view."""

    hits: list[Hit]
    indices: Sequence[str]
    """All that the view has records of, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePage(ViewPage):
    """Hits in the order of their times."""

    reached: int | None
    """Time of the last final one, in milliseconds since 1970; None before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far documents' times can be trusted."""

    field: str
    """Holds the time at which a document was indexed."""
    overlap_seconds: int
    """Read again before the last time: the writers' clocks, and what was under way."""
    delay_seconds: int
    """Before now: younger documents do not move the position, as others may come before them."""


def whole_pages(
    server: Elastic, name: str, *, condition: Condition, content: Content, size: int
) -> Generator[ViewPage, None, None]:
    """Yield all that matches, index by index; an index begins again where its view is lost.

    Raises:
        SourceUnavailable: The server does not answer, or loses views without end.
        SourceRejected: The index, the query or the credentials will not do.
    """
    finished: set[str] = set()
    losses = 0
    while True:
        try:
            with PointInTime(server, name) as point:
                indices = point.indices()
                for index in indices:
                    if index in finished:
                        continue
                    query = condition.matching({"term": {"_index": index}})
                    sort = {"_shard_doc": "asc"}
                    pages = point.pages(query, sort=sort, content=content, size=size)
                    with closing(pages):
                        for hits in pages:
                            yield ViewPage(hits=hits, indices=indices)
                    finished.add(index)
                    losses = 0
            return
        except PointInTimeLost:
            losses += 1
            if losses > MOST_LOSSES:
                raise
            log.warning("%s: point in time lost; reading the index again", name)


def pages_by_time(
    server: Elastic,
    name: str,
    *,
    since: int | None,
    clock: Clock,
    condition: Condition,
    content: Content,
    size: int,
) -> Generator[TimePage, None, None]:
    """Yield what has a time after another, in order; without another time, everything.

    What is dated in the future is read like all else, but the position waits for its time: each
    pass reads it again until then. Which times are final is asked once, before anything is read:
    a pass may take hours, and what is written meanwhile it does not see.

    Raises:
        SourceUnavailable: The server does not answer, or loses views without end.
        SourceRejected: The index, the query, the credentials or the field of times will not do.
    """
    reached = since
    begin = None if since is None else since - 1000 * clock.overlap_seconds
    order = {"order": "asc", "numeric_type": "date", "missing": "_first", "unmapped_type": "date"}
    sort = {clock.field: order}
    losses = 0
    final: int | None = None
    while True:
        period = _period(clock, begin)
        query = condition.matching(period) if since is None else condition.among(period)
        try:
            with PointInTime(server, name) as point:
                indices = point.indices()
                if final is None:
                    final = _final_time(point, name, clock, condition)
                pages = point.pages(query, sort=sort, content=content, size=size)
                with closing(pages):
                    for hits in pages:
                        if (last := hits[-1]["sort"][0]) > _NO_TIME:
                            begin = last
                        times = [
                            time for hit in hits if _NO_TIME < (time := hit["sort"][0]) < final
                        ]
                        reached = max((*times, *_only(reached)), default=None)
                        losses = 0
                        yield TimePage(hits=hits, indices=indices, reached=reached)
            return
        except PointInTimeLost:
            losses += 1
            if losses > MOST_LOSSES:
                raise
            log.warning("%s: point in time lost; reading on from the last page", name)
        except SourceRejected as error:
            if not any(each in str(error) for each in _FIELD_ERRORS):
                raise
            raise SourceRejected(
                f"{error}: is {clock.field!r} mapped as date (correct "
                "FACTLOOM_ELASTICSEARCH__FIELDS__UPDATED_AT, or follow another way), and "
                "FACTLOOM_ELASTICSEARCH__QUERY right?"
            ) from error


def _period(clock: Clock, begin: int | None) -> Query:
    if begin is None:
        return {"match_all": {}}
    return {"range": {clock.field: {"gte": begin, "format": "epoch_millis"}}}


def _final_time(point: PointInTime, name: str, clock: Clock, condition: Condition) -> int:
    """Return the time, by the server's clock, before which nothing is written any more."""
    ranges = [{"to": f"now-{clock.delay_seconds}s"}, {"from": "now"}]
    answer = point.aggregated(
        condition.whole, {"date_range": {"field": clock.field, "ranges": ranges}}
    )
    past, future = answer["buckets"]
    if future["doc_count"]:
        log.warning(
            "%s: %d documents are dated in the future; they are read now, and again by every run "
            "until their time has come: correct the clocks of those who write, or "
            "FACTLOOM_ELASTICSEARCH__FIELDS__UPDATED_AT",
            *(name, future["doc_count"]),
        )
    return int(past["to"])


def _only(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)
