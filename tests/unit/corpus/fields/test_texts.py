"""A record that lost its text says so, in whatever form it comes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.elasticsearch.hits import HitReader
from corpus.errors import RecordRejected, SourceRejected
from corpus.fields.texts import TextState, is_blank
from corpus.fields.times import Times
from corpus.records import document_of_record
from corpus.source import Skipped
from tests.unit.corpus.reading import DOCRED, line, read, write


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " \t\r\n",
            "\ufeff",
            "\ufeff\ufeff \n",
            "\x00\x07\x85\x9f",
            "\u200b\u200c\u200d\u2060",
        ),
        *(
            "\u00a0\u2003\u3000",
            "\u2028\u2029",
            "\u00ad\u202e\u2066",
            "\u034f\ufe0f",
            "\u3164\u2800",
        ),
        "\U000e0041\U000e007f",
    ],
)
def test_what_nobody_can_see_is_no_text(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", [".", "\u200ba", "█████", "東", "\ufffd", "e\u0301", "👩‍🔬", "[]"])
def test_anything_that_can_be_seen_is_a_text(text: str) -> None:
    assert not is_blank(text)


FIELDS: list[tuple[dict[str, Any], TextState]] = [
    ({}, "missing"),
    ({"text": None}, "empty"),
    ({"text": ""}, "empty"),
    ({"text": "\ufeff\u200b"}, "empty"),
    ({"text": []}, "empty"),
    ({"text": [None, " "]}, "empty"),
    ({"text": ["a", 7]}, "malformed"),
    ({"text": {"en": "a"}}, "malformed"),
    ({"text": 7}, "malformed"),
    ({"text": False}, "malformed"),
    ({"text": "Ada.", "url": 7}, "there"),
    ({"text": " ", "url": 7}, "empty"),
]


@pytest.mark.parametrize(("fields", "state"), FIELDS)
def test_a_rejected_record_tells_what_became_of_its_text(
    fields: dict[str, Any], state: TextState
) -> None:
    with pytest.raises(RecordRejected) as caught:
        document_of_record({"id": "1", **fields}, source="wiki", times=Times())
    assert caught.value.text == state


def test_files_of_every_kind_tell_which_documents_lost_their_text(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", line("null", None), line("list", ["a", 7]), line("time", t="x"))
    write(tmp_path / "b.jsonl", json.dumps({"id": "none"}), json.dumps({"id": "torn"})[:-3])
    write(tmp_path / "empty.txt")
    write(tmp_path / "bom.txt", b"\xef\xbb\xbf")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    titled = [
        {**DOCRED, "title": "emptied", "sents": []},
        {**DOCRED, "title": "object", "sents": {}, "vertexSet": []},
        {**DOCRED, "title": "torn", "sents": [["Ada"], None]},
        {**DOCRED, "title": "mentions", "vertexSet": None},
    ]
    write(tmp_path / "c.json", json.dumps(titled))

    _, skipped = read(tmp_path)

    assert {each.document: each.text for each in skipped} == {
        "wiki:null": "empty",
        "wiki:list": "malformed",
        "wiki:none": "missing",
        "": "there",
        "wiki:empty.txt": "empty",
        "wiki:bom.txt": "empty",
        "wiki:latin.txt": "there",
        "wiki:emptied": "empty",
        "wiki:object": "empty",
        "wiki:torn": "malformed",
        "wiki:mentions": "there",
    }


def hit(source: dict[str, Any] | None, identifier: str = "1") -> dict[str, Any]:
    held = {} if source is None else {"_source": source}
    return {"_index": "articles", "_id": identifier, **held}


READER = HitReader("wiki", {"text": "body.text"})


@pytest.mark.parametrize(
    ("source", "state"),
    [
        ({}, "missing"),
        ({"body": {}}, "missing"),
        ({"body": {"text": None}}, "empty"),
        ({"body": {"text": [None]}}, "empty"),
        ({"body.text": " "}, "empty"),
        ({"body": {"text": ["a", {}]}}, "malformed"),
    ],
)
def test_a_hit_says_how_its_text_is_gone(source: dict[str, Any], state: TextState) -> None:
    record = READER.record(hit(source))
    assert isinstance(record, Skipped)
    assert (record.document, record.text) == ("wiki:1", state)


def test_a_hit_without_its_source_has_lost_nothing() -> None:
    with pytest.raises(SourceRejected, match="articles gives its records without _source"):
        READER.record(hit(None))


def test_an_id_with_blanks_around_it_is_not_the_id_without() -> None:
    record = READER.record(hit({"body": {"text": ""}}, " 1 "))
    assert isinstance(record, Skipped)
    assert record.document == ""
