from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.dates import iso_date


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("31 January 2026", "2026-01-31"),
        ("January 31, 2026", "2026-01-31"),
        ("January 31 , 2026", "2026-01-31"),  # as DocRED's tokens stand
        ("31st of January, 2026", "2026-01-31"),
        ("the 31st of January 2026", "2026-01-31"),
        ("Jan. 31, 2026", "2026-01-31"),
        ("2026-01-31", "2026-01-31"),
        ("2026 - 01 - 31", "2026-01-31"),
        ("31 JANUARY 2026", "2026-01-31"),
        ("٣١ January ٢٠٢٦", "2026-01-31"),
        ("29 February 2025", None),
        ("2026-13-01", None),
        ("January 2026", "2026-01"),
        ("Sept. 2026", "2026-09"),
        ("31 January", "--01-31"),
        ("January 31st", "--01-31"),
        ("29 February", "--02-29"),
        ("30 February", None),
        ("January", None),
        ("1815", "1815"),
        ("the year 1815", "1815"),
        ("988", "0988"),
        ("79 AD", "0079"),
        ("A.D. 79", "0079"),
        ("79", None),
        ("44 BC", "-0043"),
        ("44 B.C.E.", "-0043"),
        ("1 BC", "0000"),
        ("15 March 44 BC", "-0043-03-15"),
        ("0", None),
        ("1990s", "199X"),
        ("the 1990's", "199X"),
        ("1990 s", "199X"),
        ("the 1900s", None),
        ("the 19th century", "18XX"),
        ("nineteenth-century", "18XX"),
        ("20th - century", "19XX"),
        ("5th century BC", "-04XX"),
        ("summer of 1999", "1999-22"),
        ("fall 1999", "1999-23"),
        ("c. 1815", "1815~"),
        ("circa 1815", "1815~"),
        ("1914-1918", "1914/1918"),
        ("1914 – 1918", "1914/1918"),
        ("from 1914 to 1918", "1914/1918"),
        ("between 1914 and 1918", "1914/1918"),
        ("1914 and 1918", None),
        ("1914-18", "1914/1918"),
        ("2010-11", None),
        ("2010–11", "2010/2011"),
        ("June 1940 to 5 July 1941", "1940-06/1941-07-05"),
        ("5 June to 7 June 1944", None),
        ("3/4/2026", None),
        ("the following year", None),
        ("two years", None),
        ("500–400 BC", None),
        ("500 BC–400 BC", "-0499/-0399"),
        ("31 January 2025 – 2 February", None),
        ("1914–\u0661\u0668", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_time_expression_has_its_iso_value(name: str, value: str | None) -> None:
    assert iso_date(name) == value


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_spelling_of_a_day_has_one_value(day: date) -> None:
    month = day.strftime("%B")
    for name in (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]}. {day.year}",
        day.isoformat(),
    ):
        assert iso_date(name) == day.isoformat()


@given(st.text(alphabet="0123456789 -–.,~/sXadbcMayjune()\u200b\u0660é", max_size=80))
def test_a_value_is_well_formed_whatever_the_name(name: str) -> None:
    value = iso_date(name)
    one = r"(--\d\d-\d\d|-?\d{4}(-\d\d){0,2}|\d{3}X|-?\d\dXX)~?"
    assert value is None or re.fullmatch(rf"{one}(/{one})?", value), value


def test_a_long_name_is_no_date() -> None:
    assert iso_date("1 to " * 10_000) is None
