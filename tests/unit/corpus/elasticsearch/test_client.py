from __future__ import annotations

import time
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest

from corpus.elasticsearch.client import connect
from corpus.errors import SourceRejected, SourceUnavailable
from tests.unit.corpus.elasticsearch.answering import Answer, Connect, Server, count


def version_of(number: str) -> Answer:
    return (200, {}, {"version": {"number": number}})


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(
    server: Server, door: Connect, waits: list[float], status: int
) -> None:
    server.answers = [(status, {}, {})] * 3 + [(200, {}, {"count": 7})]

    assert count(door(first_wait_seconds=1)) == 7
    assert [int(wait) for wait in waits] == pytest.approx([1, 2, 4], abs=1)
    assert waits[0] >= 1
    assert waits[1] >= 2
    assert waits[2] >= 4


def test_our_own_words_alone_tell_of_a_call_that_is_tried_again(
    server: Server, door: Connect, waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [(503, {}, {}), (200, {}, {"count": 7})]

    assert count(door(first_wait_seconds=1)) == 7
    assert [record.name for record in caplog.records] == ["corpus.elasticsearch.client"]
    assert "trying again in" in caplog.text


def test_a_server_that_says_how_long_is_given_that_time_up_to_a_minute(
    server: Server, door: Connect, waits: list[float]
) -> None:
    in_half_a_minute = formatdate(time.time() + 30, usegmt=True)
    asked = ["7", in_half_a_minute, "9999", formatdate(0, usegmt=True), "whenever", "-3"]
    server.answers = [(429, {"retry-after": value}, {}) for value in asked]
    server.answers.append((200, {}, {"count": 7}))

    assert count(door(attempts=7)) == 7
    assert waits[0] == 7
    assert 20 < waits[1] <= 30
    assert waits[2:4] == [60, 0]
    assert max(waits[4:]) < 1


def test_a_server_that_stays_busy_is_unavailable(server: Server, door: Connect) -> None:
    server.answers = [(503, {}, {})] * 4

    with pytest.raises(SourceUnavailable, match="cannot answer now"):
        count(door())
    assert len(server.asked) == 4


def test_a_server_that_cannot_be_reached_is_unavailable() -> None:
    with Server() as closed:
        pass

    with pytest.raises(SourceUnavailable, match=r"cannot be reached: .*refused"):
        connect(url=closed.url, attempts=1)


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (400, "parsing_exception", "refuses the request"),
        (401, "security_exception", "refuses the credentials"),
        (403, "security_exception", "lack a privilege"),
        (404, "index_not_found_exception", "correct the index's name"),
        (413, "too_large", "refuses the request"),
    ],
)
def test_what_waiting_cannot_mend_is_asked_once(
    server: Server, door: Connect, status: int, kind: str, message: str
) -> None:
    cause = {"type": kind, "reason": "because"}
    server.answers = [(status, {}, {"error": {**cause, "root_cause": [cause]}})]

    with pytest.raises(SourceRejected, match=message):
        count(door())


def test_a_server_error_is_transient_but_not_worth_a_wait(server: Server, door: Connect) -> None:
    server.answers = [(500, {}, {})]

    with pytest.raises(SourceUnavailable):
        count(door())


@pytest.mark.parametrize("number", ["8.19.20", "9.5.3"])
def test_servers_8_and_9_will_do(server: Server, number: str) -> None:
    server.answers = [version_of(number)] * 2

    with closing(connect(url=server.url, api_key="secret")) as elastic:
        assert elastic.version() == number


@pytest.mark.parametrize("number", ["7.17.29", "10.0.0"])
def test_other_versions_are_refused(server: Server, number: str) -> None:
    server.answers = [version_of(number)]

    with pytest.raises(SourceRejected, match=f"runs Elasticsearch {number}: Factloom needs"):
        connect(url=server.url)


@pytest.mark.parametrize("status", [403, 405])
def test_a_version_that_may_not_be_asked_is_found_elsewhere_or_left(
    server: Server, door: Connect, status: int
) -> None:
    nodes = {"nodes": {"a": {"version": "9.5.3"}, "b": {"version": "8.19.20"}}}
    server.answers = [(status, {}, {}), (200, {}, nodes), (status, {}, {}), (403, {}, {})]

    assert door().version() == "8.19.20"
    assert door().version() == ""


def test_wrong_credentials_are_told_at_once(server: Server) -> None:
    server.answers = [(401, {}, {})]

    with pytest.raises(SourceRejected, match="set the API key or password"):
        connect(url=server.url, username="ada", password="wrong")


def test_something_that_is_not_elasticsearch_is_refused(server: Server) -> None:
    server.answers = [(200, {"x-elastic-product": "Other"}, {"version": {"number": "8.1.0"}})]
    with pytest.raises(SourceRejected, match="is not Elasticsearch"):
        connect(url=server.url)

    server.answers = [(200, {"content-type": "application/json"}, b"<html>")]
    with pytest.raises(SourceRejected, match="does not speak JSON"):
        connect(url=server.url)


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1:1", "http://127.0.0.1", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SourceRejected, match="correct the address"):
        connect(url=url)


def test_credentials_in_the_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(SourceRejected) as caught:
        connect(url="https://ada:secret@127.0.0.1:9200")

    assert "secret" not in str(caught.value)


def test_a_certificate_authority_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRejected, match="ca_certs"):
        connect(url="https://127.0.0.1:9", ca_certs=tmp_path / "absent.pem", attempts=1)
