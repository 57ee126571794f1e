"""One shard's pass: what has happened since a number, without a clock.

The order matters. The global checkpoint is taken first, then the shard is refreshed, then viewed:
so the view holds every operation up to the checkpoint, and the next pass begins there, never at the
largest number seen. Operations above it are in flight. One that is rolled back after the view may
hide an older, final one, which would be lost: so the view is used only once the checkpoint has
passed all numbers that were given out before it was opened.

Where another copy of the shard numbers the operations than when it was last read, the numbers count
only if the last documents that were read are still there, or have changed since: the server's files
may have been put back to an earlier state, and the numbers given out again. Where they do not
count, the shard is read whole, with what does not match the query: it may have matched before.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from threading import Event
from time import monotonic

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.point_in_time import Content, Hit, PointInTime
from corpus.elasticsearch.position import fingerprint
from corpus.elasticsearch.query import Condition, Query, both
from corpus.elasticsearch.shards import UNREAD, Copy, Reached, Shard, anew, list_shards, refresh
from corpus.errors import IndexAbsent, PointInTimeLost, SourceUnavailable

log = logging.getLogger(__name__)

MOST_LOSSES = 5
"""Views that may be lost in a row without a page read."""
CONFIRM_SECONDS = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
LAST = 4
"""Documents that a position remembers of each shard."""


class _PrimaryChanged(SourceUnavailable):
    """Another copy of the shard gives out the numbers now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPage:
    """Hits of a shard, and how far it has been read with them."""

    key: str
    """Of the shard."""
    hits: list[Hit]
    reached: Reached


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReading:
    """What the passes of all shards have in common."""

    condition: Condition
    content: Content
    """To be read."""
    size: int
    """Hits per page."""
    start: Mapping[str, Reached]
    """How far the shards have been read before, by key."""


def read_shard(
    server: Elastic, shard: Shard, reading: ShardReading, stop: Event
) -> Generator[ShardPage, None, None]:
    """Yield what has happened in a shard since it was read last.

    Where the server loses the view, the pass begins again after the last page: its records up to
    there are final.

    Args:
        server: Where the shard is.
        shard: As it was before its index was refreshed.
        reading: What to read.
        stop: Set when nobody reads any more.

    Raises:
        SourceUnavailable: The server does not answer, or loses views without end.
        NotAllowed: The server withholds what this way of reading needs.
        IndexAbsent: The index is gone.
    """
    server = server.until(stop)
    start = dict(reading.start)
    before: Shard | None = shard
    losses = 0
    while True:
        try:
            if before is None:
                before = _primary(server, shard)
                refresh(server, shard.index)
            with closing(_one_pass(server, before, replace(reading, start=start), stop)) as pages:
                for page in pages:
                    start[page.key] = page.reached
                    losses = 0
                    yield page
            return
        except (PointInTimeLost, _PrimaryChanged) as error:
            before = None
            losses += 1
            if losses > MOST_LOSSES:
                raise
            text = "%s, shard %d: %s; reading on from the last page"
            log.warning(text, shard.index, shard.number, error)


def _one_pass(
    server: Elastic, before: Shard, reading: ShardReading, stop: Event
) -> Generator[ShardPage, None, None]:
    index, number = before.index, before.number
    kept = begun = reading.start.get(before.key)
    if begun and begun.number > before.highest:
        log.warning("%s, shard %d: its numbers have gone back; reading it whole", index, number)
        begun = anew(before.copy)
    with PointInTime(server, index, shard=number) as point:
        if not _confirmed(server, before, stop):
            if stop.is_set():
                return
            log.warning(
                "%s, shard %d: its operations were not final within %.0f s; "
                "the next run reads them",
                *(index, number, CONFIRM_SECONDS),
            )
            return
        if begun and not _goes_on(point, begun, before.copy, reading):
            log.warning(
                "%s, shard %d: it has not the operations that were read before, or they cannot be "
                "told from others, as if an earlier state of the server's files had been put back, "
                "or the shard moved away and back; reading it whole",
                *(index, number),
            )
            begun = anew(before.copy)
        unread = Reached(number=UNREAD, first=before.checkpoint, copy=before.copy)
        reached = replace(begun, copy=before.copy) if begun else unread
        query = reading.condition.since(reached, known=begun is not None)
        with closing(_pages(point, query, reading, reading.size)) as pages:
            for hits in pages:
                final = min(hits[-1]["sort"][0], before.checkpoint)
                reached = replace(
                    reached,
                    number=max(reached.number, final),
                    last=_last(reached.last, hits, before.checkpoint),
                )
                yield ShardPage(key=before.key, hits=hits, reached=reached)
    reached = replace(reached, number=max(reached.number, before.checkpoint))
    if reached != kept:
        yield ShardPage(key=before.key, hits=[], reached=reached)


def _pages(
    point: PointInTime, query: Query, reading: ShardReading, size: int
) -> Generator[list[Hit], None, None]:
    order = {"_seq_no": "asc"}
    return point.pages(
        query, sort=order, content=reading.content, size=size, seq_no_primary_term=True
    )


def _goes_on(point: PointInTime, begun: Reached, copy: Copy, reading: ShardReading) -> bool:
    """Tell whether the operations up to a position are those that were read.

    Of the last ones some may be gone since, as their documents have changed; any other in their
    range, or in the place of one of them, was given its number again.
    """
    if begun.copy == copy or begun.number == UNREAD:
        return True
    if copy.put_back(begun.copy) or not begun.last:
        return False
    before = replace(begun, number=min(begun.last) - 1)
    until: Query = {"range": {"_seq_no": {"lte": begun.number}}}
    query = both(reading.condition.since(before, known=True), until) or until
    with closing(_pages(point, query, reading, LAST + 1)) as pages:
        hits = list(islice(chain.from_iterable(pages), LAST + 1))
    found = _seals(hits)
    return bool(found) and found.items() <= begun.last.items()


def _last(before: Mapping[int, str], hits: Sequence[Hit], checkpoint: int) -> dict[int, str]:
    final = [hit for hit in hits if hit["sort"][0] <= checkpoint]
    return dict(sorted({**before, **_seals(final[-LAST:])}.items())[-LAST:])


def _seals(hits: Sequence[Hit]) -> dict[int, str]:
    """Return what tells an operation from another that is given its number, by number."""
    return {
        hit["sort"][0]: fingerprint(hit["_id"], hit["_primary_term"], hit.get("_source"))
        for hit in hits
    }


def _confirmed(server: Elastic, before: Shard, stop: Event) -> bool:
    """Wait until everything that the view may hold is final; False if it takes too long."""
    now = _primary(server, before)
    highest = now.highest
    deadline = monotonic() + CONFIRM_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        if not now.same_primary(before):
            raise _PrimaryChanged("another copy of the shard has become its primary")
        if now.checkpoint >= highest:
            return True
        if monotonic() > deadline or stop.wait(pause):
            return False
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        now = _primary(server, before)


def _primary(server: Elastic, before: Shard) -> Shard:
    for shard in list_shards(server, before.index):
        if shard.number == before.number:
            return replace(shard, seen_through=before.seen_through)
    raise IndexAbsent(f"{before.index} was made again, without a shard {before.number}")
