"""Documents by their ids, wherever behind the source's name they are.

Of several records with one id, the one in the index with the last name counts: the newest
generation, as indices are named by number or date.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.errors import error_types
from corpus.elasticsearch.halving import ATTEMPTS_ALONE, in_halves
from corpus.elasticsearch.hits import OWN_ID, HitReader
from corpus.elasticsearch.point_in_time import Content, Hit, assert_whole, unread
from corpus.elasticsearch.query import Condition, Query, both
from corpus.elasticsearch.shards import refresh
from corpus.errors import AnswerTooLarge, IndexAbsent, NotAllowed, SourceRejected
from corpus.source import Record
from extractor.batches import batched

log = logging.getLogger(__name__)

IDS_PER_COUNT = 10_000
IDS_PER_SEARCH = 2_000
DOCUMENTS_PER_SEARCH = 200
MOST_HITS = 10_000
"""The server's own limit for one search."""
_ID_TYPES = ("keyword", "constant_keyword", "long", "integer", "short", "byte", "unsigned_long")

_DATE_TYPES = {"date", "date_nanos"}


class Lookup:
    """Finds documents of a source by the ids that they have there.

    All methods raise `SourceUnavailable` when the server cannot answer in full, and
    `SourceRejected` when the request or the field of ids will not do.
    """

    def __init__(
        self, server: Elastic, index: str, hits: HitReader, condition: Condition, deleted: str
    ) -> None:
        self._server = server
        self._index = index
        self._hits = hits
        self._condition = condition
        self._deleted = deleted

    def fetch(self, ids: Sequence[str]) -> Iterator[tuple[str, Record | None]]:
        """Yield each id with its record, None where there is none."""
        for batch in batched(ids, DOCUMENTS_PER_SEARCH):
            found = self._winners(batch, self.wanted)
            for identifier in batch:
                hit = found.get(identifier)
                yield identifier, self._hits.record(hit) if hit else None

    def winners(self, ids: Sequence[str]) -> dict[str, Hit]:
        """Return the hit that counts for each id that is there; with the identifying fields."""
        return {
            identifier: hit
            for batch in batched(ids, IDS_PER_SEARCH)
            for identifier, hit in self._winners(batch, self._hits.identifying).items()
        }

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return the ids that are not in the index that they are said to be in.

        An index that is closed hides its documents, and a pattern leaves it out without a word: so
        the indices of those that are nowhere must be open, or be no more.
        """
        absent: dict[str, str | None] = {}
        for batch in batched(places, IDS_PER_COUNT):
            expected = {identifier: places[identifier] for identifier in batch}
            if self._count(expected) == len(expected):
                continue
            self._refresh()
            winners = self.winners(batch)
            for identifier in batch:
                hit = winners.get(identifier)
                index = hit["_index"] if hit and self._hits.is_live(hit) else None
                if index != expected[identifier]:
                    absent[identifier] = index
        nowhere = {places[identifier] for identifier, index in absent.items() if index is None}
        for index in sorted(nowhere - {""}):
            self._assert_not_closed(index)
        return absent

    def count(self) -> int:
        """Return how many records match."""
        answer = self._search(query=self._condition.whole, size=0, track_total_hits=True)
        return int(answer["hits"]["total"]["value"])

    @cached_property
    def wanted(self) -> Content:
        """What reading needs of a record: its time as the server writes it, where that can.

        The server knows the format that the field has, which the record does not tell.
        """
        field = self._hits.time_field
        types = self._types(field)
        dated = bool(types) and set(types) <= _DATE_TYPES
        return replace(self._hits.wanted, date_field=field if dated else "")

    @cached_property
    def _live(self) -> Query | None:
        """What a record matches that is not deleted; None where only its content tells."""
        if not self._deleted:
            return {"match_all": {}}
        types = self._types(self._deleted)
        if not types:
            return None
        absent: Query = {"bool": {"must_not": {"exists": {"field": self._deleted}}}}
        if set(types) != {"boolean"}:
            return absent
        return {"bool": {"must_not": {"term": {self._deleted: True}}}}

    @cached_property
    def _by_field(self) -> bool:
        """Whether ids are looked up in a field, which is found to be fit for it."""
        field = self._hits.id_field
        if field == OWN_ID:
            return False
        types = self._types(field)
        unfit = [kind for kind, found in types.items() if kind not in _ID_TYPES or not found]
        if unfit or not types:
            kinds = ", ".join(types) or "not mapped"
            raise SourceRejected(
                f"documents of {self._index!r} cannot be looked up by field {field!r} ({kinds}): "
                f"map it as keyword, or take '_id' as FACTLOOM_ELASTICSEARCH__FIELDS__ID"
            )
        return True

    def assert_ids_can_be_looked_up(self) -> None:
        """Refuse a field of ids by which no document can be found.

        Raises:
            SourceRejected: The field is not what ids need; the message says what they do.
        """
        _ = self._by_field

    def _count(self, places: Mapping[str, str]) -> int:
        """Return how many ids are in their index; fewer where only hits can tell, part by part."""
        if self._by_field or self._live is None:
            return -1
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for identifier, index in places.items():
            groups[index].append(identifier)
        groups.pop("", None)
        if not groups:
            return 0
        here = [
            {"bool": {"filter": [{"term": {"_index": index}}, {"ids": {"values": ids}}]}}
            for index, ids in groups.items()
        ]
        anywhere = {"bool": {"should": here, "minimum_should_match": 1}}
        query = self._condition.matching(both(anywhere, self._live) or anywhere)
        # Only with a routing of its own can a record be in one index twice.
        routed = {"routed": {"filter": {"exists": {"field": "_routing"}}}}
        request = {"size": 0, "track_total_hits": True, "aggregations": routed}
        try:
            answer = self._search(1, query=query, **request)
        except AnswerTooLarge:
            return -1
        if answer["aggregations"]["routed"]["doc_count"]:
            return -1
        return int(answer["hits"]["total"]["value"])

    def _winners(self, ids: Sequence[str], content: Content) -> dict[str, Hit]:
        found: dict[str, Hit] = {}
        for _, hits in in_halves(ids, partial(self._hits_of, content=content)):
            for hit in sorted(hits, key=place_of):
                found[self._hits.identifier(hit)] = hit
        return found

    def _hits_of(self, ids: Sequence[str], *, content: Content) -> list[Hit]:
        alone = len(ids) == 1
        attempts = ATTEMPTS_ALONE if alone else 1
        request = {"size": MOST_HITS, "track_total_hits": True}
        query = self._condition.matching(self._named(ids))
        try:
            answer = self._search(attempts, query=query, **request, **content.whole)
        except AnswerTooLarge as error:
            if not alone:
                raise
            # Its content cannot tell whether it is deleted, but the server can.
            query = both(query, self._live) or query
            answer = self._search(None, query=query, **request, **content.identity)
            return [unread(hit, error) for hit in answer["hits"]["hits"]]
        hits: list[Hit] = answer["hits"]["hits"]
        if answer["hits"]["total"]["value"] > len(hits):
            if alone:
                raise SourceRejected(f"{self._index}: over {MOST_HITS} records have id {ids[0]!r}")
            raise AnswerTooLarge(f"{self._index}: over {MOST_HITS} records have these ids")
        return hits

    def _named(self, ids: Sequence[str]) -> Query:
        if self._by_field:
            return {"terms": {self._hits.id_field: list(ids)}}
        return {"ids": {"values": list(ids)}}

    def _search(self, attempts_if_too_large: int | None = None, /, **request: Any) -> Any:
        def search(client: Elasticsearch) -> Any:
            answer = client.search(index=self._index, allow_partial_search_results=False, **request)
            assert_whole(answer, self._index)
            if not answer["_shards"]["total"]:
                raise SourceRejected(f"no index matches {self._index!r}: correct its name")
            return answer

        return self._server.call(search, attempts_if_too_large=attempts_if_too_large)

    def _assert_not_closed(self, index: str) -> None:
        """Ask with a search, as that needs no other privilege."""

        def ask(client: Elasticsearch) -> None:
            try:
                client.search(index=index, size=0, terminate_after=1, track_total_hits=False)
            except ApiError as error:
                if "index_closed_exception" not in error_types(error):
                    raise
                raise SourceRejected(
                    f"{index} is closed, and nobody can tell which of its documents are gone: "
                    f"open the index, or delete it"
                ) from error

        with suppress(IndexAbsent):
            self._server.call(ask)

    def _types(self, field: str) -> dict[str, bool]:
        """Return the types of a field, and whether it can be searched."""
        answer = self._server.call(
            lambda client: client.field_caps(index=self._index, fields=field)
        )
        kinds = answer["fields"].get(field, {})
        return {
            kind: bool(about["searchable"]) for kind, about in kinds.items() if kind != "unmapped"
        }

    def _refresh(self) -> None:
        """Make sure that nothing is called missing that was only just written."""
        try:
            refresh(self._server, self._index)
        except NotAllowed as error:
            log.debug("%s: not refreshed: %s", self._index, error)


def place_of(hit: Hit) -> tuple[str, str, str]:
    """Return where a record is; of two with one id, that with the last place counts."""
    return hit["_index"], hit["_id"], hit.get("_routing", "")
