"""Hits of several indices become records of one source, without remembering any.

An id may be in two indices behind the source's name. Which record counts is asked of the server,
page by page, and only for records that another may stand above: those outside the last index, those
whose ids are a field's, and those that do not match while there are other indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.elasticsearch.hits import OWN_ID, HitReader, skipped
from corpus.elasticsearch.lookup import Lookup, place_of
from corpus.elasticsearch.point_in_time import Hit
from corpus.elasticsearch.query import Condition
from corpus.source import Gone, Record, id_of


class Deduplicator:
    """Tells of each hit whether it counts.

    Args:
        hits: Reads a hit.
        lookup: Finds the records of an id.
        indices: All that are behind the source's name, in order.
    """

    def __init__(self, hits: HitReader, lookup: Lookup, indices: Sequence[str]) -> None:
        self._hits = hits
        self._lookup = lookup
        self._last = indices[-1] if indices else ""
        self._several = len(indices) > 1

    def records(self, hits: Sequence[Hit], condition: Condition) -> Iterator[Record]:
        """Yield what a page of hits says, each hit in its place.

        Raises:
            SourceUnavailable: The server cannot answer in full.
            SourceRejected: Ids cannot be looked up.
        """
        matching = [condition.holds(hit) for hit in hits]
        doubtful = [
            self._hits.identifier(hit)
            for hit, matches in zip(hits, matching, strict=True)
            if self._is_doubtful(hit, matches)
        ]
        winners = self._lookup.winners([name for name in dict.fromkeys(doubtful) if name])
        others = [
            identifier
            for hit, matches in zip(hits, matching, strict=True)
            if not matches and (identifier := self._hits.identifier(hit)) in winners
        ]
        instead = dict(self._lookup.fetch(others))
        for hit, matches in zip(hits, matching, strict=True):
            identifier = self._hits.identifier(hit)
            if matches:
                yield self._matching(hit, winners.get(identifier))
            elif identifier:
                document = self._hits.document(identifier)
                unwanted = Gone(document=document, why="no longer matching the query")
                yield instead.get(identifier) or unwanted

    def _is_doubtful(self, hit: Hit, matches: bool) -> bool:
        if self._hits.id_field != OWN_ID or "_routing" in hit:
            return True
        return self._several and (not matches or hit["_index"] != self._last)

    def _matching(self, hit: Hit, winner: Hit | None) -> Record:
        record = self._hits.record(hit)
        if winner is None or place_of(winner) <= place_of(hit):
            return record
        reason = f"duplicate id: the record in {winner['_index']} counts"
        return skipped(hit, id_of(record), reason, duplicate=True)
