"""Everything behind a name, from one view after another: needs no privilege but `read`."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from corpus.elastic import Elastic
from corpus.errors import PointInTimeLost, SourceRejected
from corpus.point_in_time import Content, Hit, PointInTime
from corpus.query import Condition, Query

log = logging.getLogger(__name__)

MOST_LOSSES = 5
"""Views that may be lost in a row while nothing is finished."""
_SETTLED, _FUTURE = "factloom-settled", "factloom-future"
"""Under which the server says how a hit's time stands to its own."""
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
    """Time of the last settled one, in milliseconds since 1970; None before the first."""


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
    pass reads it again until then.

    Raises:
        SourceUnavailable: The server does not answer, or loses views without end.
        SourceRejected: The index, the query, the credentials or the field of times will not do.
    """
    reached = since
    begin = None if since is None else since - 1000 * clock.overlap_seconds
    order = {"order": "asc", "numeric_type": "date", "missing": "_first", "unmapped_type": "date"}
    sort = {clock.field: order}
    losses = 0
    ahead = 0
    while True:
        period = _period(clock, begin)
        query = condition.matching(period) if since is None else condition.among(period)
        try:
            with PointInTime(server, name) as point:
                indices = point.indices()
                pages = point.pages(query, sort=sort, content=content, size=size)
                with closing(pages):
                    for hits in pages:
                        if (last := hits[-1]["sort"][0]) > _NO_TIME:
                            begin = last
                        times = [hit["sort"][0] for hit in hits if _is(hit, _SETTLED)]
                        reached = max((*times, *_only(reached)), default=None)
                        ahead += sum(_is(hit, _FUTURE) for hit in hits)
                        losses = 0
                        yield TimePage(hits=hits, indices=indices, reached=reached)
            if ahead:
                log.warning(
                    "%s: %d documents are dated in the future; they are read now, and again by "
                    "every run until their time has come: correct the clocks of those who write, "
                    "or FACTLOOM_ELASTICSEARCH__FIELDS__UPDATED_AT",
                    *(name, ahead),
                )
            return
        except PointInTimeLost:
            losses += 1
            if losses > MOST_LOSSES:
                raise
            log.warning("%s: point in time lost; reading on from the last page", name)
        except SourceRejected as error:
            if "query_shard_exception" not in str(error):
                raise
            raise SourceRejected(
                f"{error}: is {clock.field!r} mapped as date (correct "
                "FACTLOOM_ELASTICSEARCH__FIELDS__UPDATED_AT, or follow another way), and "
                "FACTLOOM_ELASTICSEARCH__QUERY right?"
            ) from error


def _period(clock: Clock, begin: int | None) -> Query:
    """Return the query of what has a time from `begin` on, each hit saying how it stands to now."""
    since: Query = {"match_all": {}}
    if begin is not None:
        since = {"range": {clock.field: {"gte": begin, "format": "epoch_millis"}}}
    should = [
        _named(clock, _SETTLED, "lt", f"now-{clock.delay_seconds}s"),
        _named(clock, _FUTURE, "gt", "now"),
    ]
    return {"bool": {"filter": [since], "should": should}}


def _named(clock: Clock, name: str, compared: str, time: str) -> Query:
    return {"range": {clock.field: {compared: time, "format": "epoch_millis", "_name": name}}}


def _is(hit: Hit, name: str) -> bool:
    return name in hit.get("matched_queries", ())


def _only(value: int | None) -> tuple[int, ...]:
    return () if value is None else (value,)
