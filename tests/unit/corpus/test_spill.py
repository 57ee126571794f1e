from __future__ import annotations

from contextlib import closing

from corpus.spill import IdTable, spilled


def test_an_id_is_new_once_and_what_was_first_said_of_it_counts() -> None:
    with closing(IdTable()) as seen:
        assert seen.add("wiki:1", "a person")
        assert not seen.add("wiki:1", "a place")
        assert "wiki:1" in seen
        assert "wiki:2" not in seen
        assert seen.holds("wiki:1", "a person")
        assert not seen.holds("wiki:1", "a place")
        assert not seen.holds("wiki:2", "a person")


def test_tables_are_apart() -> None:
    schema = "CREATE TABLE pair (one TEXT, other TEXT)"
    with closing(spilled(schema)) as one, closing(spilled(schema)) as other:
        one.execute("INSERT INTO pair VALUES ('a', 'b')")
        assert one.execute("SELECT * FROM pair").fetchall() == [("a", "b")]
        assert other.execute("SELECT * FROM pair").fetchall() == []
