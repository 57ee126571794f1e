"""When the embedded server ends a reader's query, and when it gives itself up for one."""

from __future__ import annotations

from graph.overdue import PATIENCE_SECONDS, Overdue

BUSY = 0.9


class Query:
    """A query as the server lists it."""

    def __init__(self, user: str, seconds: float) -> None:
        self._user = user
        self._seconds = seconds
        self.told_by = ""

    def getUser(self) -> str:
        return self._user

    def getElapsedMillis(self) -> int:
        return round(self._seconds * 1000)

    def terminate(self, by: str) -> bool:
        self.told_by = by
        return True


def given_up(*queries: Query, taken: float = BUSY) -> bool:
    """Look at the same queries for longer than anybody's patience."""
    overdue = Overdue({"reader-1": 1, "reader-60": 60})
    looks = [
        overdue.endless(queries, passed=1.0, taken=taken) for _ in range(int(PATIENCE_SECONDS) + 1)
    ]
    assert not any(looks[:-1])
    return looks[-1]


def test_only_a_readers_query_over_its_own_limit_is_told_to_end() -> None:
    over, within, writer = Query("reader-1", 1.5), Query("reader-60", 1.5), Query("root", 9_999)
    given_up(over, within, writer)
    assert over.told_by
    assert not within.told_by
    assert not writer.told_by


def test_the_server_is_given_up_for_what_burns_on() -> None:
    assert given_up(Query("reader-1", 2))


def test_it_is_not_for_a_client_that_pauses_or_beside_a_writer() -> None:
    assert not given_up(Query("reader-1", 999), taken=0.02)
    assert not given_up(Query("reader-1", 999), Query("root", 3))
    assert not given_up(Query("reader-60", 59))
    assert not given_up()


def test_patience_begins_anew_where_the_query_ended_meanwhile() -> None:
    overdue = Overdue({"reader-1": 1})
    for _ in range(3):
        assert not overdue.endless([Query("reader-1", 2)], passed=PATIENCE_SECONDS, taken=9)
        assert not overdue.endless([], passed=1.0, taken=1.0)
