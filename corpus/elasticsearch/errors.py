"""Each error of Elasticsearch's client as one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elastic_transport import (
    ApiError,
    ConnectionTimeout,
    SerializationError,
    TlsError,
    TransportError,
)
from elasticsearch import UnsupportedProductError

from corpus.errors import (
    CorpusError,
    IndexAbsent,
    NotAllowed,
    PointInTimeLost,
    SourceRejected,
    SourceUnavailable,
)

_BREAKER = "circuit_breaking_exception"

QUOTES_NOTHING = frozenset(
    {
        _BREAKER,
        "cluster_block_exception",
        "es_rejected_execution_exception",
        "index_closed_exception",
        "index_not_found_exception",
        "no_shard_available_action_exception",
        "parsing_exception",
        "resource_already_exists_exception",
        "security_exception",
        "strict_dynamic_mapping_exception",
        "x_content_parse_exception",
    }
)
"""Errors whose reasons name settings and indices. Others quote what a query looked for, or what a
record holds: names and texts of documents."""
BUSY = frozenset({429, 502, 503, 504})
"""Statuses of a server, or of a proxy before it, that may answer in a moment."""
TOO_LARGE = frozenset({408, 413, 504})
"""Statuses of a server or proxy that was asked for too much: its size, or the time it takes."""


def own_error(error: ApiError | TransportError, address: str) -> CorpusError:
    """Return our error for one of the client's."""
    if isinstance(error, ApiError):
        return _own_api_error(error, address)
    if isinstance(error, TlsError):
        return SourceRejected(
            f"{address}: {error.message}; set FACTLOOM_ELASTICSEARCH__CA_CERTS to the server's "
            "certificate authority, and FACTLOOM_ELASTICSEARCH__URL to a name in its certificate"
        )
    if isinstance(error, SerializationError):
        return SourceRejected(
            f"{address} does not speak JSON; is this Elasticsearch? {error.message}"
        )
    return SourceUnavailable(f"{address} cannot be reached: {error.message}")


def _own_api_error(error: ApiError, address: str) -> CorpusError:
    status, types = error.meta.status, error_types(error)
    if point_in_time_lost(error):
        return PointInTimeLost(f"{address}: the point in time is gone")
    if isinstance(error, UnsupportedProductError):
        return SourceRejected(f"{address} is not Elasticsearch: correct the address")
    if status == 401:
        return SourceRejected(
            f"{address} refuses the credentials: set the API key or password "
            "(FACTLOOM_ELASTICSEARCH__API_KEY, or .._USERNAME and .._PASSWORD)"
        )
    if status == 403:
        return NotAllowed(
            f"{address}: the credentials (FACTLOOM_ELASTICSEARCH__API_KEY or .._PASSWORD) lack a "
            f"privilege: {server_reason(error)}"
        )
    if status in BUSY or status >= 500 or status == 408:
        return SourceUnavailable(f"{address} cannot answer now: {server_reason(error)}")
    if "index_not_found_exception" in types:
        return IndexAbsent(
            f"{address}: {server_reason(error)}; correct the index's name, or load documents"
        )
    if "index_closed_exception" in types:
        return SourceRejected(
            f"{address}: {server_reason(error)}; open the index, or take it out of what is read"
        )
    if "_source is disabled" in str(error.body):
        return SourceRejected(
            f"{address}: _source is disabled in the mapping of an index that is to be read, and "
            "documents are read from it: index them anew with it"
        )
    return SourceRejected(f"{address} refuses the request: {server_reason(error)}")


def server_reason(error: ApiError) -> str:
    """Return what the server says, without what it may quote of a query or a record."""
    causes = [cause for cause in _causes(error) if "type" in cause]
    reasons = [cause_reason(cause) for cause in causes] or ["without a reason"]
    return f"status {error.meta.status}, {'; '.join(dict.fromkeys(reasons))}"


def cause_reason(cause: Mapping[str, Any]) -> str:
    """Return the type of an error of the server's, with its reason where that quotes nothing."""
    kind, reason = str(cause.get("type")), str(cause.get("reason"))
    if kind == "document_parsing_exception":
        return f"{kind}: {reason.split('. Preview of')[0]}"  # it names the field, then quotes it
    return f"{kind}: {reason}" if kind in QUOTES_NOTHING else kind


def point_in_time_lost(error: ApiError) -> bool:
    """Tell whether the server no longer has the point in time that it was asked for."""
    return any(name.startswith("search_context_missing") for name in error_types(error))


def too_large(error: BaseException) -> bool:
    """Tell whether the server might answer if it were asked for less.

    An overload is none of this: it passes, and less would not pass sooner.
    """
    if isinstance(error, ApiError):
        return error.meta.status in TOO_LARGE or _BREAKER in error_types(error)
    return isinstance(error, ConnectionTimeout)


def breaks(cause: Mapping[str, Any]) -> bool:
    """Tell whether an error of the server's, one answer of many, is that it was too large."""
    return _BREAKER in (each.get("type") for each in (cause, *cause.get("root_cause", ())))


def error_types(error: ApiError) -> frozenset[str]:
    """Return the server's names for what went wrong, root causes included."""
    return frozenset(str(cause["type"]) for cause in _causes(error) if "type" in cause)


def _causes(error: ApiError) -> list[Mapping[str, Any]]:
    """Return what went wrong and its root causes; none where the body is not Elasticsearch's."""
    body = error.body if isinstance(error.body, dict) else {}
    first = body.get("error")
    if not isinstance(first, dict):
        return []
    return [cause for cause in (first, *first.get("root_cause", ())) if isinstance(cause, dict)]
