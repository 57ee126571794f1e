from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import RecordRejected, SourceRejected
from corpus.records import (
    UNKNOWN_TIME,
    check_source_name,
    clean_line,
    clean_text,
    document_of_record,
    utc_time,
)

SURROGATES = st.characters(categories=["Cs"])


def record(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "text": "Ada Lovelace was born in London.", **fields}


def test_a_record_becomes_a_document_with_the_source_in_its_id() -> None:
    document = document_of_record(
        record(title=" Ada\nLovelace ", updated_at="2026-01-31T12:00:00+01:00", url="https://a.b/"),
        source="wiki",
    )

    assert document.id == "wiki:1"
    assert document.source == "wiki"
    assert document.title == "Ada Lovelace"
    assert document.text == "Ada Lovelace was born in London."
    assert document.updated_at == "2026-01-31T11:00:00Z"
    assert document.url == "https://a.b/"
    assert document.sentences == ()
    assert document.clusters == ()


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
    ],
)
def test_times_become_utc_of_fixed_width(value: object, expected: str) -> None:
    assert utc_time(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        *("yesterday", "31/01/2026", "2026-13-01", True, [], {}, 1e300, float("nan")),
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
    ("broken", "reason"),
    [
        ({"text": "x"}, "field 'id' is missing"),
        ({"id": "1"}, "field 'text' is missing"),
        (record(text=""), "field 'text' is empty"),
        (record(text=" \n\x00\t"), "field 'text' is empty"),
        (record(text=None), "field 'text' must be a string, found null"),
        (record(text=["a"]), "field 'text' must be a string, found a list"),
        (record(id=""), "field 'id' is empty"),
        (record(id=True), "must be a string or a whole number, found true or false"),
        (record(id=1.5), "must be a string or a whole number, found a number"),
        (record(id="a\x00b"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="a\u2028b"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="\ud83d"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="é" * 257), "field 'id' is longer than 512 bytes"),
        (record(title={"en": "Ada"}), "field 'title' must be a string, found an object"),
        (record(url=7), "field 'url' must be a string, found a number"),
        (record(updated_at="soon"), "field 'updated_at' must be an ISO-8601 time"),
        ("Ada", "must be an object with id and text, found a string"),
        (None, "must be an object with id and text, found null"),
        ([], "must be an object with id and text, found a list"),
    ],
)
def test_a_broken_record_is_rejected_naming_the_field(broken: object, reason: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        document_of_record(broken, source="wiki")

    assert reason in caught.value.reason


def test_a_rejected_record_keeps_its_id_and_names_every_wrong_field() -> None:
    with pytest.raises(RecordRejected) as caught:
        document_of_record({"id": 7, "text": "", "url": []}, source="wiki")

    assert caught.value.identifier == "7"
    assert "'text'" in caught.value.reason
    assert "'url'" in caught.value.reason


@pytest.mark.parametrize("identifier", ["می‌خواهم", "👩‍🔬", "a  b", "a/b:c", "é" * 256])
def test_ids_of_any_script_are_kept(identifier: str) -> None:
    assert document_of_record(record(id=identifier), source="wiki").id == f"wiki:{identifier}"


def test_a_number_as_id_is_that_number_as_text() -> None:
    assert document_of_record(record(id=42), source="wiki").id == "wiki:42"


def test_emoji_and_mixed_scripts_stay_as_they_are() -> None:
    text = "Ада 👩‍🔬 in 東京\r\nعدا\u2028naïve"
    assert document_of_record(record(text=text), source="wiki").text == text


def test_what_cannot_be_stored_is_replaced_one_for_one() -> None:
    assert clean_text("a\x00b\x1bc\x85d\ud83de\tf\r\n") == "a b c d\ufffde\tf\r\n"


@settings(deadline=None)
@given(st.text(st.characters() | SURROGATES))
def test_cleaning_keeps_every_offset_and_always_encodes(text: str) -> None:
    cleaned = clean_text(text)

    assert len(cleaned) == len(text)
    assert clean_text(cleaned) == cleaned
    cleaned.encode()
    for before, after in zip(text, cleaned, strict=True):
        assert before == after or unicodedata.category(before) in {"Cc", "Cs"}


@settings(deadline=None)
@given(st.text(st.characters() | SURROGATES))
def test_a_line_is_one_line(text: str) -> None:
    line = clean_line(text)

    assert line.split() == [word for word in line.split(" ") if word]
    assert clean_line(line) == line


@pytest.mark.parametrize("name", ["", " ", "a b", "a:b", "a\n", "\x00"])
def test_a_source_name_that_would_blur_ids_is_refused(name: str) -> None:
    with pytest.raises(SourceRejected, match="source name"):
        check_source_name(name)
