"""What a reader is told whose connection breaks."""

from __future__ import annotations

import pytest
from neo4j.exceptions import ServiceUnavailable

from graph.driver.connection import _within
from graph.errors import QueryTooLong


def test_a_server_that_was_stopped_meanwhile_is_not_called_one_that_ended_the_query() -> None:
    with pytest.raises(QueryTooLong, match=r"0 s, .* or was stopped"), _within(0.0):
        raise ServiceUnavailable("connection lost")
    with pytest.raises(ServiceUnavailable), _within(60.0):
        raise ServiceUnavailable("connection lost")
