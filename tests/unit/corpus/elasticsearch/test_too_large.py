"""What is too large for one answer is told apart from a server that is busy."""

from __future__ import annotations

from typing import Any

import pytest
from elastic_transport import ConnectionTimeout
from elasticsearch import Elasticsearch

from corpus.errors import AnswerTooLarge, SourceUnavailable
from tests.unit.corpus.elasticsearch.answering import Connect, Server, too_large


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
