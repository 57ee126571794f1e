from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import RecordRejected, SourceRejected
from corpus.fields.texts import clean_line, clean_text
from corpus.fields.times import Times
from corpus.records import (
    MAX_ID_BYTES,
    MAX_NAME_CHARACTERS,
    check_source_name,
    document_id,
    document_of_record,
    marks_deletion,
)
from extractor.schema import MAX_ID_CHARACTERS

SURROGATES = st.characters(categories=["Cs"])


def record(**fields: Any) -> dict[str, Any]:
    return {"id": "1", "text": "Ada Lovelace was born in London.", **fields}


def test_a_record_becomes_a_document_with_the_source_in_its_id() -> None:
    document = document_of_record(
        record(title=" Ada\nLovelace ", updated_at="2026-01-31T12:00:00+01:00", url="https://a.b/"),
        source="wiki",
        times=Times(),
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
    ("broken", "reason"),
    [
        ({"text": "x"}, "field 'id' is missing"),
        ({"id": "1"}, "field 'text' is missing"),
        (record(text=""), "field 'text' is empty"),
        (record(text=" \n\x00\t"), "field 'text' is empty"),
        (record(text=None), "field 'text' must be a string or a list of paragraphs, found null"),
        (record(text=["a", 7]), "'text' must be a string or a list of paragraphs, found a list"),
        (record(text=[{"a": "b"}]), "found a list of objects"),
        (record(text=[]), "field 'text' is empty"),
        (record(id=""), "field 'id' is empty"),
        (record(id=True), "must be a string or a whole number, found true or false"),
        (record(id=1.5), "must be a string or a whole number, found a number"),
        (record(id="a\x00b"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="a\u2028b"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="\ud83d"), "field 'id' holds line breaks or characters that cannot be stored"),
        (record(id="é" * 257), "field 'id' is longer than 512 bytes"),
        (record(title={"en": "Ada"}), "field 'title' must be a string, found an object"),
        (record(url=7), "field 'url' must be a string, found a number"),
        ("Ada", "must be an object with id and text, found a string"),
        (None, "must be an object with id and text, found null"),
        ([], "must be an object with id and text, found a list"),
    ],
)
def test_a_broken_record_is_rejected_naming_the_field(broken: object, reason: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        document_of_record(broken, source="wiki", times=Times())

    assert reason in caught.value.reason


def test_paragraphs_are_one_text() -> None:
    paragraphs = ["Ada was born.", None, "She lived\x00."]

    document = document_of_record(record(text=paragraphs), source="wiki", times=Times())

    assert document.text == "Ada was born.\n\nShe lived ."


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " ", False, 0, 0.0, [], {}, [False, False], ["no", None], "0", "0.0", "-0"),
        *("False", "FALSE", "no", "No", "N", "off", "f", "null", "None", " false "),
    ],
)
def test_false_is_false_in_any_case(value: object) -> None:
    assert not marks_deletion(value)


@pytest.mark.parametrize(
    "value",
    [True, 1, "true", "True", "yes", "1", "2026-01-31", "0.5", [False, True], ["no", "yes"]],
)
def test_anything_else_marks_a_deletion(value: object) -> None:
    assert marks_deletion(value)


def test_every_id_that_is_read_can_be_written() -> None:
    source = check_source_name("s" * MAX_NAME_CHARACTERS)

    assert len(document_id(source, "x" * MAX_ID_BYTES)) == MAX_ID_CHARACTERS
    with pytest.raises(SourceRejected, match="has 88 characters: give one of at most 87"):
        check_source_name("s" * (MAX_NAME_CHARACTERS + 1))


def test_a_rejected_record_keeps_its_id_and_names_every_wrong_field() -> None:
    with pytest.raises(RecordRejected) as caught:
        document_of_record({"id": 7, "text": "", "url": []}, source="wiki", times=Times())

    assert caught.value.identifier == "7"
    assert "'text'" in caught.value.reason
    assert "'url'" in caught.value.reason


@pytest.mark.parametrize("identifier", ["می‌خواهم", "👩‍🔬", "a  b", "a/b:c", "é" * 256])
def test_ids_of_any_script_are_kept(identifier: str) -> None:
    assert (
        document_of_record(record(id=identifier), source="wiki", times=Times()).id
        == f"wiki:{identifier}"
    )


def test_a_number_as_id_is_that_number_as_text() -> None:
    assert document_of_record(record(id=42), source="wiki", times=Times()).id == "wiki:42"


def test_emoji_and_mixed_scripts_stay_as_they_are() -> None:
    text = "Ада 👩‍🔬 in 東京\r\nعدا\u2028naïve"
    assert document_of_record(record(text=text), source="wiki", times=Times()).text == text


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
