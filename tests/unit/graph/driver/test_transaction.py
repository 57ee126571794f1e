"""Rows travel in portions that a message may carry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.driver.transaction import MAX_CHARACTERS, MAX_ROWS, chunks


@given(st.lists(st.integers(), max_size=3 * MAX_ROWS // 1000))
def test_nothing_is_lost_or_moved(rows: list[int]) -> None:
    assert [row for chunk in chunks(rows) for row in chunk] == rows


def test_no_rows_make_no_message() -> None:
    assert list(chunks([])) == []


def test_many_rows_are_split() -> None:
    rows = list(range(2 * MAX_ROWS + 1))
    portions = list(chunks(rows))
    assert [len(portion) for portion in portions] == [MAX_ROWS, MAX_ROWS, 1]
    assert [row for portion in portions for row in portion] == rows


def test_a_transaction_has_limits_of_its_own() -> None:
    rows = ["xx", "yy", "z" * 90, "v"]
    portions = [list(portion) for portion in chunks(rows, most=2, characters=100)]
    assert portions == [["xx", "yy"], ["z" * 90, "v"]]
    assert [len(portion) for portion in chunks(rows, most=4, characters=90)] == [2, 1, 1]


def test_long_rows_are_split_and_the_longest_travels_alone() -> None:
    long = "x" * (MAX_CHARACTERS // 2 + 1)
    rows = [long, long, "y" * (2 * MAX_CHARACTERS), "z"]
    assert [len(portion) for portion in chunks(rows)] == [1, 1, 1, 1]
