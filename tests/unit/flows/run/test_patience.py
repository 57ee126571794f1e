"""A server that is away is asked again, for a while; one that refuses is not."""

from __future__ import annotations

import pytest
from httpx import ConnectError, HTTPStatusError, Request, Response

from flows.run import patience
from flows.run.patience import answered

REQUEST = Request("GET", "http://127.0.0.1:9/api")


def status(code: int) -> HTTPStatusError:
    return HTTPStatusError("no", request=REQUEST, response=Response(code, request=REQUEST))


class Server:
    """Answers after it has raised these errors."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def ask(self) -> str:
        if self._errors:
            raise self._errors.pop(0)
        return "here"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "POLL_SECONDS", 0.0)


def test_a_server_that_is_away_is_asked_again() -> None:
    assert answered(Server(ConnectError("no"), status(503), ConnectError("no")).ask) == "here"


def test_a_server_that_refuses_is_not_asked_again() -> None:
    with pytest.raises(HTTPStatusError):
        answered(Server(status(404)).ask)


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "AWAY_SECONDS", 0.0)
    with pytest.raises(ConnectError):
        answered(Server(ConnectError("no")).ask)
