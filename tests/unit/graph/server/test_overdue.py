"""When the embedded server ends a reader's query, and when it gives itself up for one."""

from __future__ import annotations

from graph.server.overdue import PATIENCE_SECONDS, Overdue

BUSY = 0.9


class Query:
    """A query as the server lists it."""

    def __init__(self, user: str, seconds: float, taken: float = BUSY) -> None:
        self._user = user
        self._seconds = seconds
        self.taken = taken
        self.told_by = ""

    def getUser(self) -> str:
        return self._user

    def getClientAddress(self) -> str:
        return f"/127.0.0.1:{id(self)}"

    def getElapsedMillis(self) -> int:
        return round(self._seconds * 1000)

    def terminate(self, by: str) -> bool:
        self.told_by = by
        return True


def given_up(*queries: Query, other: float = 0.0) -> bool:
    """Look at the same queries for longer than anybody's patience.

    Args:
        queries: that run; their connections take time as each says.
        other: time that a connection takes that runs no query.
    """
    overdue = Overdue({"reader-1": 1, "reader-60": 60})
    taken = {each.getClientAddress(): each.taken for each in queries} | {"/127.0.0.1:1": other}
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
    assert given_up(Query("reader-1", 2), Query("reader-60", 99, taken=0.0))


def test_it_is_not_for_a_client_that_pauses() -> None:
    assert not given_up(Query("reader-1", 999, taken=0.02))
    assert not given_up(Query("reader-60", 120, taken=0.0), Query("reader-60", 3))
    assert not given_up(Query("reader-60", 120, taken=0.0), other=BUSY)


def test_it_is_not_while_anybody_else_works() -> None:
    assert not given_up(Query("reader-1", 999), Query("root", 3))
    assert not given_up(Query("reader-1", 999), Query("reader-60", 3, taken=0.0))
    assert not given_up(Query("reader-1", 999), other=0.01)  # such as a commit, which is no query
    assert not given_up(Query("reader-60", 59))
    assert not given_up()


def test_it_is_as_soon_as_the_others_are_done() -> None:
    endless, healthy = Query("reader-1", 2), Query("reader-60", 3)
    overdue = Overdue({"reader-1": 1, "reader-60": 60})
    taken = {endless.getClientAddress(): BUSY}
    for _ in range(int(PATIENCE_SECONDS)):
        assert not overdue.endless([endless, healthy], passed=1.0, taken=taken)
    assert overdue.endless([endless], passed=1.0, taken=taken)


def test_patience_begins_anew_where_the_query_ended_meanwhile() -> None:
    overdue = Overdue({"reader-1": 1})
    query = Query("reader-1", 2)
    taken = {query.getClientAddress(): 9.0}
    for _ in range(3):
        assert not overdue.endless([query], passed=PATIENCE_SECONDS, taken=taken)
        assert not overdue.endless([], passed=1.0, taken=taken)
