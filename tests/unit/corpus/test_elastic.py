from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from elastic_transport import ConnectionTimeout
from elasticsearch import Elasticsearch

from corpus.bulk import Refused, Write, write_all
from corpus.elastic import Elastic, connect
from corpus.errors import AnswerTooLarge, SourceRejected, SourceUnavailable

Answer = tuple[int, dict[str, str], Any]


class Server(ThreadingHTTPServer):
    """Says what it is told to, one answer a request, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.server.asked.append((self.path, body))
        status, headers, told = self.server.answers.pop(0)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        defaults = {"content-type": "application/json", "x-elastic-product": "Elasticsearch"}
        for name, value in (defaults | headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


Connect = Callable[..., Elastic]


@pytest.fixture
def door(server: Server) -> Iterator[Connect]:
    """A connection that waits hardly at all."""
    opened: list[Elastic] = []

    def open_door(**options: Any) -> Elastic:
        client = Elasticsearch(server.url, max_retries=0)
        settings = {"address": server.url, "attempts": 4, "first_wait_seconds": 0.001}
        opened.append(Elastic(client, **{**settings, **options}))
        return opened[-1]

    yield open_door
    for elastic in opened:
        elastic.close()


def version_of(number: str) -> Answer:
    return (200, {}, {"version": {"number": number}})


def count(elastic: Elastic) -> int:
    return int(elastic.call(lambda client: client.count(index="documents"))["count"])


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which nobody sits through."""
    asked: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", asked.append)
    return asked


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
    assert [record.name for record in caplog.records] == ["corpus.elastic"]
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

    with connect(url=server.url, api_key="secret") as elastic:
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


def test_records_that_a_busy_server_leaves_are_sent_again(server: Server, door: Connect) -> None:
    busy = {"type": "es_rejected_execution_exception", "reason": "full"}
    bad = {"type": "document_parsing_exception", "reason": "no date. Preview of field's value: 'x'"}
    server.answers = [
        (200, {}, items(("a", 201, None), ("b", 429, busy), ("c", 400, bad), ("d", 503, busy))),
        (200, {}, items(("b", 429, busy), ("d", 200, None))),
        (200, {}, items(("b", 201, None))),
    ]
    writes = [Write(id=id_, name=f"n:{id_}", record={"n": 1}, characters=1) for id_ in "abcd"]

    refused = list(write_all(door(), "documents", writes))

    assert refused == [Refused(write=writes[2], reason="document_parsing_exception: no date")]
    sent = [
        [json.loads(line)["index"]["_id"] for line in body.splitlines()[::2]]
        for _, body in server.asked
    ]
    assert sent == [["a", "b", "c", "d"], ["b", "d"], ["b"]]


def test_records_that_are_never_taken_end_the_write(server: Server, door: Connect) -> None:
    busy = {"type": "es_rejected_execution_exception", "reason": "full"}
    server.answers = [(200, {}, items(("a", 429, busy)))] * 4

    with pytest.raises(SourceUnavailable, match="1 records wait"):
        list(
            write_all(door(), "documents", [Write(id="a", name="a", record={"n": 1}, characters=1)])
        )


def items(*results: tuple[str, int, dict[str, Any] | None]) -> dict[str, Any]:
    return {
        "items": [
            {"index": {"_id": id_, "status": status, **({"error": error} if error else {})}}
            for id_, status, error in results
        ]
    }


@pytest.mark.parametrize("status", [413, 429])
def test_a_batch_that_is_too_large_is_sent_in_halves(
    server: Server, door: Connect, status: int
) -> None:
    writes = [Write(id=id_, name=id_, record={"n": 1}, characters=1) for id_ in "abc"]
    server.answers = [
        too_large(status),
        (200, {}, items(("a", 201, None))),
        (200, {}, items(("b", 201, None), ("c", 201, None))),
    ]

    assert list(write_all(door(), "documents", writes)) == []
    assert [body.count('"index"') for _, body in server.asked] == [3, 1, 2]


def test_batches_are_cut_by_number_and_by_size(server: Server, door: Connect) -> None:
    sizes = [1] * 700 + [3_000_000] * 2
    writes = [
        Write(id=str(n), name=str(n), record={"n": n}, characters=size)
        for n, size in enumerate(sizes)
    ]
    cuts = [range(500), range(500, 701), range(701, 702)]
    server.answers = [(200, {}, items(*((str(n), 201, None) for n in numbers))) for numbers in cuts]

    assert list(write_all(door(), "documents", writes)) == []
    assert [body.count('"index"') for _, body in server.asked] == [500, 201, 1]


def too_large(status: int) -> Answer:
    cause = {"type": "circuit_breaking_exception", "reason": "[parent] Data too large"}
    body = {"error": {"type": "search_phase_execution_exception", "root_cause": [cause]}}
    return (status, {}, body if status in (429, 503) else {})


@pytest.mark.parametrize("status", [408, 413, 429, 503, 504])
def test_what_can_be_asked_for_in_parts_is_not_waited_for(
    server: Server, door: Connect, waits: list[float], status: int
) -> None:
    server.answers = [too_large(status)]

    with pytest.raises(AnswerTooLarge):
        door().call(lambda client: client.count(index="x"), attempts_if_too_large=1)
    assert waits == []


def test_what_can_be_asked_for_in_parts_is_waited_for_while_the_server_is_only_busy(
    server: Server, door: Connect
) -> None:
    busy = {"error": {"type": "es_rejected_execution_exception", "reason": "full"}}
    server.answers = [(429, {}, busy), (429, {}, busy), (200, {}, {"count": 7})]

    found = door().call(lambda client: client.count(index="x"), attempts_if_too_large=1)

    assert found["count"] == 7


def test_an_answer_that_is_too_large_is_tried_as_often_as_is_said(
    server: Server, door: Connect, waits: list[float]
) -> None:
    server.answers = [too_large(429)] * 3

    with pytest.raises(AnswerTooLarge, match="Data too large"):
        door().call(lambda client: client.count(index="x"), attempts_if_too_large=3)
    assert len(waits) == 2


def test_an_answer_that_is_not_in_time_is_too_large(door: Connect, server: Server) -> None:
    def slow(client: Elasticsearch) -> Any:
        raise ConnectionTimeout("told")

    with pytest.raises(AnswerTooLarge):
        door().call(slow, attempts_if_too_large=1)
    with pytest.raises(SourceUnavailable):
        door().call(slow)
