"""The times that documents bring, in the forms in which sources write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.fields.times import MOST_NAMED, UNKNOWN_TIME, Times, utc_time
from corpus.records import document_of_record


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, UNKNOWN_TIME),
        ("", UNKNOWN_TIME),
        ("2026-01-31", "2026-01-31T00:00:00Z"),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00:00-05:30", "2026-01-31T17:30:00Z"),
        ("0800-12-25", "0800-12-25T00:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (1_769_860_800_999, "2026-01-31T12:00:00Z"),
        (-1000.5, "1969-12-31T23:59:58Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2026-02", "2026-02-01T00:00:00Z"),
        ("20260131", "2026-01-31T00:00:00Z"),
        (" 2026-01-31 ", "2026-01-31T00:00:00Z"),
        ("1769860800999", "2026-01-31T12:00:00Z"),
        ("-1000000000", "1969-12-20T10:13:20Z"),
        (1_769_860_800, "2026-01-31T12:00:00Z"),
        (1_769_860_800.5, "2026-01-31T12:00:00Z"),
        ("1769860800", "2026-01-31T12:00:00Z"),
        (999_999_999, "1970-01-12T13:46:39Z"),
    ],
)
def test_times_become_utc_of_fixed_width(value: object, expected: str) -> None:
    assert utc_time(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        *(
            "yesterday",
            "31/01/2026",
            "2026-13-01",
            "20260131120000",
            True,
            [],
            {},
            1e300,
            float("nan"),
        ),
        *("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "\ud800", float("inf")),
    ],
)
def test_a_time_that_cannot_be_read_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match="must be an ISO-8601 time"):
        utc_time(value)


@settings(deadline=None)
@given(st.datetimes().map(lambda moment: moment.isoformat()) | st.integers(-(10**13), 10**14))
def test_every_time_sorts_as_text(value: str | int) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", utc_time(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], UNKNOWN_TIME),
        ([None, ""], UNKNOWN_TIME),
        (["2024-01-02", "2026-01-31", None], "2026-01-31T00:00:00Z"),
        (["1900-01-01", "soon"], "1900-01-01T00:00:00Z"),
        ([1_769_860_800_000, "2024"], "2026-01-31T12:00:00Z"),
    ],
)
def test_of_several_times_the_newest_counts(value: object, expected: str) -> None:
    assert Times().of(value, "wiki:1") == expected


def test_a_time_that_cannot_be_read_is_unknown_and_its_document_is_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    record = {"id": "1", "text": "Ada was born.", "updated_at": "soon"}

    document = document_of_record(record, source="wiki", times=Times())

    assert document.updated_at == UNKNOWN_TIME
    assert "wiki:1: field 'updated_at' must be an ISO-8601 time" in caplog.text


def test_a_field_that_is_wrong_everywhere_is_not_told_for_every_document(
    caplog: pytest.LogCaptureFixture,
) -> None:
    times = Times()

    for number in range(50):
        assert times.of("soon", f"wiki:{number}") == UNKNOWN_TIME

    assert len(caplog.records) == MOST_NAMED + 1
