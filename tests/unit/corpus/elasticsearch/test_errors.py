from __future__ import annotations

from typing import Any

import elastic_transport
import elasticsearch
import pytest
from elastic_transport import ApiError, ApiResponseMeta, HttpHeaders, NodeConfig, TransportError

from corpus.elasticsearch.errors import own_error
from corpus.errors import (
    CorpusError,
    IndexAbsent,
    NotAllowed,
    PointInTimeLost,
    SourceRejected,
    SourceUnavailable,
)

TRANSPORT_ERRORS: dict[type[TransportError], type[CorpusError]] = {
    elastic_transport.ConnectionError: SourceUnavailable,
    elastic_transport.ConnectionTimeout: SourceUnavailable,
    elastic_transport.SerializationError: SourceRejected,
    elastic_transport.SniffingError: SourceUnavailable,
    elastic_transport.TlsError: SourceRejected,
    elastic_transport.TransportError: SourceUnavailable,
}
API_ERRORS: dict[type[ApiError], int] = {
    elastic_transport.ApiError: 500,
    elasticsearch.ApiError: 418,
    elasticsearch.AuthenticationException: 401,
    elasticsearch.AuthorizationException: 403,
    elasticsearch.BadRequestError: 400,
    elasticsearch.ConflictError: 409,
    elasticsearch.NotFoundError: 404,
    elasticsearch.UnsupportedProductError: 200,
}


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    found = {kind}
    for below in kind.__subclasses__():
        found |= subclasses(below)
    return found


def api_error(status: int, body: Any = None, kind: type[ApiError] = ApiError) -> ApiError:
    meta = ApiResponseMeta(
        status=status,
        http_version="1.1",
        headers=HttpHeaders(),
        duration=0.0,
        node=NodeConfig("http", "127.0.0.1", 9200),
    )
    return kind(message="told", meta=meta, body=body)


def test_every_error_of_the_client_is_mapped() -> None:
    """A new class in the client fails here, so that somebody decides: transient or terminal?"""
    assert subclasses(TransportError) == TRANSPORT_ERRORS.keys()
    assert subclasses(ApiError) == API_ERRORS.keys()


@pytest.mark.parametrize(("theirs", "ours"), TRANSPORT_ERRORS.items())
def test_errors_of_the_connection(theirs: type[TransportError], ours: type[CorpusError]) -> None:
    error = own_error(theirs("told"), "http://there")

    assert type(error) is ours
    assert "http://there" in str(error)
    assert "told" in str(error)


@pytest.mark.parametrize(("theirs", "status"), API_ERRORS.items())
def test_errors_that_the_server_tells(theirs: type[ApiError], status: int) -> None:
    error = own_error(api_error(status, kind=theirs), "http://there")

    kinds = {403: NotAllowed, 500: SourceUnavailable}
    assert type(error) is kinds.get(status, SourceRejected)
    assert "http://there" in str(error)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 507])
def test_statuses_that_pass_are_transient(status: int) -> None:
    assert type(own_error(api_error(status), "http://there")) is SourceUnavailable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 413, 415])
def test_statuses_that_stay_are_terminal(status: int) -> None:
    kind = NotAllowed if status == 403 else SourceRejected
    assert type(own_error(api_error(status), "http://there")) is kind


def test_an_index_that_is_absent_or_closed_is_told_from_the_rest() -> None:
    absent = {"error": {"type": "index_not_found_exception"}}
    closed = {"error": {"type": "index_closed_exception"}}

    assert type(own_error(api_error(404, absent), "http://there")) is IndexAbsent
    error = own_error(api_error(400, closed), "http://there")
    assert type(error) is SourceRejected
    assert "open the index" in str(error)


@pytest.mark.parametrize("status", [404, 503])
def test_a_lost_point_in_time_is_found_among_the_root_causes(status: int) -> None:
    body = {
        "error": {
            "type": "search_phase_execution_exception",
            "root_cause": [
                {"type": "no_shard_available_action_exception"},
                {"type": "search_context_missing_exception"},
            ],
        }
    }

    assert type(own_error(api_error(status, body), "http://there")) is PointInTimeLost


@pytest.mark.parametrize("body", [None, "<html>", [], {"error": "text"}, {"error": {"type": 1}}])
def test_bodies_that_say_nothing_useful_do_no_harm(body: Any) -> None:
    assert type(own_error(api_error(404, body), "http://there")) is SourceRejected


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
@pytest.mark.parametrize("kind", ["query_shard_exception", "number_format_exception", "new_one"])
def test_what_the_server_quotes_of_a_query_is_not_repeated(status: int, kind: str) -> None:
    cause = {"type": kind, "reason": 'failed to create query: For input string: "canary"'}
    error = own_error(
        api_error(status, {"error": {**cause, "root_cause": [cause]}}), "http://there"
    )

    assert kind in str(error)
    assert "canary" not in str(error)


def test_what_the_server_says_of_the_settings_is_repeated() -> None:
    cause = {"type": "parsing_exception", "reason": "unknown query [trem]"}

    error = own_error(api_error(400, {"error": cause}), "http://there")

    assert str(error) == (
        "http://there refuses the request: status 400, parsing_exception: unknown query [trem]"
    )


def test_a_proxys_page_is_not_repeated() -> None:
    error = own_error(api_error(400, "<html>canary</html>"), "http://there")

    assert str(error) == "http://there refuses the request: status 400, without a reason"
