"""Each error of Elasticsearch's client as one of ours."""

from __future__ import annotations

from elastic_transport import ApiError, SerializationError, TlsError, TransportError
from elasticsearch import UnsupportedProductError

from corpus.errors import (
    CorpusError,
    IndexAbsent,
    NotAllowed,
    PointInTimeLost,
    SourceRejected,
    SourceUnavailable,
)

BUSY = frozenset({429, 502, 503, 504})
"""Statuses of a server, or of a proxy before it, that may answer in a moment."""


def own_error(error: ApiError | TransportError, address: str) -> CorpusError:
    """Return our error for one of the client's."""
    if isinstance(error, ApiError):
        return _own_api_error(error, address)
    if isinstance(error, TlsError):
        told = f"{address}: {error.message}"
        return SourceRejected(
            f"{told}; set FACTLOOM_ELASTICSEARCH__CA_CERTS to the server's certificate authority, "
            "and FACTLOOM_ELASTICSEARCH__URL to a name in its certificate"
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
            f"privilege: {error}"
        )
    if status in BUSY or status >= 500 or status == 408:
        return SourceUnavailable(f"{address} cannot answer now: {error}")
    if "index_not_found_exception" in types:
        return IndexAbsent(f"{address}: {error}; correct the index's name, or load documents")
    if "index_closed_exception" in types:
        told = f"{address}: {error}"
        return SourceRejected(f"{told}; open the index, or take it out of what is read")
    return SourceRejected(f"{address} refuses the request: {error}")


def point_in_time_lost(error: ApiError) -> bool:
    """Tell whether the server no longer has the point in time that it was asked for."""
    return any(name.startswith("search_context_missing") for name in error_types(error))


def error_types(error: ApiError) -> frozenset[str]:
    """Return the server's names for what went wrong, root causes included."""
    body = error.body if isinstance(error.body, dict) else {}
    told = body.get("error")
    if not isinstance(told, dict):
        return frozenset()
    return frozenset(
        str(cause["type"])
        for cause in (told, *told.get("root_cause", ()))
        if isinstance(cause, dict) and "type" in cause
    )
