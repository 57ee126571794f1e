"""Elasticsearch in memory, as far as the reader asks it: what each call answers, without a server.

It understands the queries that the reader makes, numbers operations as one shard does, and can be
told to fail: to withhold a call, to lose its views, to find answers too large.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, cast

from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError, Elasticsearch

from corpus.elasticsearch.client import Elastic

NO_TIME = -(2**63)
Hit = dict[str, Any]


def error(status: int, kind: str) -> ApiError:
    """Return an error as the client raises it."""
    node = NodeConfig("http", "memory", 9200)
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.0, node)
    return ApiError(kind, meta, {"error": {"type": kind, "reason": kind, "root_cause": []}})


@dataclass
class Index:
    """Records by id, each with the number of the operation that wrote it."""

    mappings: dict[str, Any]
    uuid: str
    records: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    highest: int = -1
    unsettled: int = 0
    """So many of the last operations may still be rolled back."""

    def put(self, identifier: str, record: Mapping[str, Any]) -> None:
        """Write a record."""
        self.highest += 1
        self.records[identifier] = (self.highest, dict(record))

    def delete(self, identifier: str) -> None:
        """Remove a record; that too is an operation."""
        self.highest += 1
        del self.records[identifier]


class MemoryElastic:
    """The client's calls, and what a test does to the indices."""

    def __init__(self) -> None:
        self.stored: dict[str, Index] = {}
        self.filters: dict[str, Mapping[str, Any]] = {}
        """Index -> the query of the alias through which it is read."""
        self.node = "node"
        self.withheld: set[str] = set()
        """Calls that the credentials may not make."""
        self.closed: set[str] = set()
        self.lost_views = 0
        """So many further searches find their view gone."""
        self.most_hits = 1_000_000
        """An answer with more contents than this is too large."""
        self.searches: list[dict[str, Any]] = []
        self._views: dict[str, dict[str, Index]] = {}

    def door(self) -> Elastic:
        """Return the connection that a reader takes."""
        client = cast("Elasticsearch", self)
        return Elastic(client, address="memory", attempts=2, first_wait_seconds=0.0)

    def add_index(self, name: str, *, text: str = "text", **types: str) -> Index:
        """Make an index whose mapping has a text, a date and fields of other types."""
        properties = {text: {"type": "text"}, "updated_at": {"type": "date"}}
        properties |= {each: {"type": type_} for each, type_ in types.items()}
        self.stored[name] = Index({"properties": properties}, uuid=f"{name}-{len(self.stored)}")
        return self.stored[name]

    @property
    def indices(self) -> MemoryElastic:
        """The calls about indices."""
        return self

    def get_mapping(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return the mapping of each index."""
        return {each: {"mappings": found.mappings} for each, found in self._named(index)}

    def get_settings(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return how many shards each index has: one."""
        self._allow("settings")
        return {
            each: {"settings": {"index": {"number_of_shards": "1"}}}
            for each, _ in self._named(index)
        }

    def stats(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return the numbers of each index's shard."""
        self._allow("stats")
        told = {
            each: {"uuid": i.uuid, "shards": {"0": [self._shard(i)]}}
            for each, i in self._named(index)
        }
        return {"_shards": {"failed": 0}, "indices": told}

    def recovery(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return when each shard's copy was started."""
        copy = {"id": 0, "target": {"id": self.node}, "start_time_in_millis": 1}
        return {each: {"shards": [copy]} for each, _ in self._named(index)}

    def refresh(self, *, index: str) -> dict[str, Any]:
        """Do nothing: all is visible at once."""
        self._allow("refresh")
        return {"_shards": {"failed": 0}}

    def search_shards(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return the filters of the alias."""
        found = {
            each: {"filter": self.filters[each]}
            for each, _ in self._named(index)
            if each in self.filters
        }
        return {"indices": found}

    def field_caps(self, *, index: str, fields: str) -> dict[str, Any]:
        """Return the types of a field."""
        kinds = [
            i.mappings["properties"].get(fields, {}).get("type") for _, i in self._named(index)
        ]
        return {"fields": {fields: {kind: {"searchable": True} for kind in kinds if kind}}}

    def open_point_in_time(self, *, index: str, **_: Any) -> dict[str, Any]:
        """Return the id of a view of the indices as they are now."""
        name = f"view {len(self._views)}"
        self._views[name] = {each: deepcopy(found) for each, found in self._named(index)}
        return {"id": name}

    def close_point_in_time(self, *, id: str) -> None:
        """Forget a view."""
        self._views.pop(id, None)

    def search(self, **request: Any) -> dict[str, Any]:
        """Answer a search in a view, or behind a name."""
        self.searches.append(request)
        view = request.get("pit", {}).get("id")
        if view and self.lost_views:
            self.lost_views -= 1
            raise error(404, "search_context_missing_exception")
        if request.get("index") in self.closed:
            raise error(400, "index_closed_exception")
        indices = self._views[view] if view else dict(self._named(request["index"]))
        hits = list(self._matching(indices, request.get("query", {"match_all": {}})))
        hits = _sorted(hits, request.get("sort", []), request.get("search_after"))
        shown = hits[: request.get("size", 10)]
        if len(shown) > self.most_hits and request.get("source", True):
            raise error(413, "too_large")
        return {
            "pit_id": view,
            "timed_out": False,
            "_shards": {"failed": 0, "total": len(indices)},
            "hits": {
                "total": {"value": len(hits)},
                "hits": [_shown(each, request) for each in shown],
            },
            "aggregations": _aggregated(hits, request.get("aggregations", {})),
        }

    def _named(self, name: str) -> Iterator[tuple[str, Index]]:
        for each in sorted(self.stored):
            if any(fnmatchcase(each, pattern) for pattern in name.split(",")):
                yield each, self.stored[each]

    def _allow(self, call: str) -> None:
        if call in self.withheld:
            raise error(403, "security_exception")

    def _shard(self, index: Index) -> dict[str, Any]:
        return {
            "routing": {"primary": True, "state": "STARTED", "node": self.node},
            "docs": {"count": len(index.records)},
            "seq_no": {
                "global_checkpoint": index.highest - index.unsettled,
                "max_seq_no": index.highest,
            },
            "retention_leases": {"primary_term": 1},
            "commit": {"user_data": {"history_uuid": "history"}},
        }

    def _matching(self, indices: Mapping[str, Index], query: Mapping[str, Any]) -> Iterator[Hit]:
        for name, index in indices.items():
            for identifier, (number, record) in index.records.items():
                hit: Hit = {
                    "_index": name,
                    "_id": identifier,
                    "_seq_no": number,
                    "_primary_term": 1,
                }
                names: list[str] = []
                if matches({**hit, "_source": record}, query, names):
                    yield {**hit, "_source": record, "matched_queries": names}


def matches(hit: Hit, query: Mapping[str, Any], names: list[str]) -> bool:
    """Tell whether a hit matches, and note the named queries that it does."""
    ((kind, told),) = query.items()
    match kind:
        case "match_all":
            return True
        case "ids":
            return hit["_id"] in told["values"]
        case "exists":
            return value_of(hit, told["field"]) is not None
        case "term":
            ((name, value),) = told.items()
            return bool(value_of(hit, name) == value)
        case "terms":
            ((name, values),) = told.items()
            return value_of(hit, name) in values
        case "range":
            ((name, bounds),) = told.items()
            value = number_of(value_of(hit, name))
            low, high = bounds.get("gt", bounds.get("gte", value)), bounds.get("lte", value)
            return value is not None and low <= value <= high and value != bounds.get("gt")
        case "bool":
            found = [matches(hit, each, names) for each in _listed(told.get("should", []))]
            if not all(matches(hit, each, names) for each in _listed(told.get("filter", []))):
                return False
            if any(matches(hit, each, names) for each in _listed(told.get("must_not", []))):
                return False
            if sum(found) < told.get("minimum_should_match", 0):
                return False
            if "_name" in told:
                names.append(told["_name"])
            return True
    raise AssertionError(f"no such query: {kind}")


def value_of(hit: Hit, name: str) -> Any:
    """Return a field of a hit, its own or its record's."""
    return hit[name] if name in hit else hit["_source"].get(name)


def number_of(value: Any) -> int | None:
    """Return a number, or a time as milliseconds since 1970."""
    return (
        int(datetime.fromisoformat(value).timestamp() * 1000) if isinstance(value, str) else value
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sorted(hits: list[Hit], sort: Sequence[Mapping[str, Any]], after: Any) -> list[Hit]:
    if not sort:
        return hits
    ((name, _),) = sort[0].items()
    for place, hit in enumerate(hits):
        number = number_of(value_of(hit, name)) if name != "_shard_doc" else place
        hit["sort"] = [NO_TIME if number is None else number, place]
    ordered = sorted(hits, key=lambda hit: hit["sort"])
    return [hit for hit in ordered if after is None or hit["sort"] > after]


def _shown(hit: Hit, request: Mapping[str, Any]) -> Hit:
    shown = dict(hit)
    if not request.get("source", True):
        del shown["_source"]
    for each in request.get("docvalue_fields", []):
        shown["fields"] = {each: [hit["_source"].get(each)]}
    return shown


def _aggregated(hits: Sequence[Hit], asked: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, aggregation in asked.items():
        if "terms" in aggregation:
            names = sorted({hit["_index"] for hit in hits})
            found[name] = {"buckets": [{"key": each} for each in names], "sum_other_doc_count": 0}
        elif "date_range" in aggregation:
            now = int(time.time() * 1000)
            times = [number_of(hit["_source"].get("updated_at")) or 0 for hit in hits]
            late = sum(each > now for each in times)
            found[name] = {"buckets": [{"to": now - 30_000}, {"doc_count": late}]}
        else:
            found[name] = {"doc_count": 0}
    return found
