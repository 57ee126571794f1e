"""Which records of an index are documents of the source, as Elasticsearch queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.elasticsearch.point_in_time import Hit
from corpus.elasticsearch.shards import Reached

Query = Mapping[str, Any]

_NAME = "factloom"
"""Under which the server says of a hit that it matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a record must match."""

    query: Query | None = None
    """None: nothing."""

    @property
    def whole(self) -> Query:
        """All that matches."""
        return self.query or {"match_all": {}}

    def since(self, reached: Reached, *, known: bool) -> Query:
        """Return the query of a shard's operations after a number.

        What the first reading has left out is left out also where it was broken off; all else
        comes, matching or not: it may have matched when it was read before.
        """
        later: Query = {"range": {"_seq_no": {"gt": reached.number}}}
        if self.query is None:
            return later
        if not known:
            return {"bool": {"filter": [later, self._named()]}}
        either = [{"range": {"_seq_no": {"gt": reached.first}}}, self.query]
        worth = {"bool": {"should": either, "minimum_should_match": 1}}
        return {"bool": {"filter": [later, worth], "should": [self._named()]}}

    def among(self, others: Query) -> Query:
        """Return the query of other records, each of which says whether it matches."""
        if self.query is None:
            return others
        return {"bool": {"filter": [others], "should": [self._named()]}}

    def matching(self, others: Query) -> Query:
        """Return the query of those among other records that match."""
        return others if self.query is None else {"bool": {"filter": [others, self.query]}}

    def holds(self, hit: Hit) -> bool:
        """Tell whether a hit of `since` or `among` matches."""
        return self.query is None or _NAME in hit.get("matched_queries", ())

    def _named(self) -> Query:
        return {"bool": {"filter": [self.query], "_name": _NAME}}


def both(first: Query | None, second: Query | None) -> Query | None:
    """Return the query of what matches both, where there are any."""
    given = [query for query in (first, second) if query is not None]
    return {"bool": {"filter": given}} if len(given) == 2 else next(iter(given), None)
