"""Entities of HTML are read as their characters; what is garbled is noticed, and not repaired."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fields.characters import mojibake, unescaped
from corpus.fields.times import Times
from corpus.records import document_of_record
from tests.unit.corpus.reading import DOCRED, read, write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ren&eacute; Descartes", "René Descartes"),
        ("AT&amp;T", "AT&T"),
        ("&#233;&#xE9;&#XE9;", "ééé"),
        ("write &amp;lt; for &lt;", "write &lt; for <"),
        ("&foo; &eacute and a&b; R&D", "&foo; &eacute and a&b; R&D"),
        ("?a=1&copy=2", "?a=1&copy=2"),
    ],
)
def test_known_entities_that_end_are_characters(text: str, expected: str) -> None:
    assert unescaped(text) == expected


@given(st.text())
def test_what_is_escaped_comes_back(text: str) -> None:
    assert unescaped(html.escape(text)) == unescaped(text.replace("&", "&amp;")) == text


def test_the_stored_text_and_title_are_unescaped_and_the_address_is_not() -> None:
    document = document_of_record(
        {"id": "1", "text": "Caf&eacute;&#0;", "title": "AT&amp;T", "url": "https://a.b/?c&copy;"},
        source="wiki",
        times=Times(),
    )
    assert (document.text, document.title) == ("Café\ufffd", "AT&T")
    assert document.url == "https://a.b/?c&copy;"


def test_gold_mentions_lie_where_they_lay(tmp_path: Path) -> None:
    record = {**DOCRED, "sents": [["&amp;", "Ada", "was"], ["She", "lived", "in", "London"]]}
    record["vertexSet"] = [[{"name": "Ada", "pos": [1, 2], "sent_id": 0, "type": "PER"}]]
    path = write(tmp_path / "gold.json", json.dumps([record]))
    (document,), _ = read(path, gold=True)
    (mention,) = document.clusters[0].mentions
    assert document.text[mention.start : mention.end] == "Ada"
    (document,), _ = read(path, gold=False)
    assert document.text.startswith("& Ada")


@pytest.mark.parametrize(
    ("meant", "encoding"),
    [
        ("Göteborg", "cp1252"),
        ("It’s", "cp1252"),
        ("£5", "latin-1"),
        ("Škoda", "latin-1"),
        ("😀", "cp1252"),
    ],
)
def test_what_was_read_in_a_wrong_encoding_is_noticed(meant: str, encoding: str) -> None:
    garbled = meant.encode().decode(encoding, errors="replace")
    assert garbled in mojibake(f"A text in {garbled} it is.")
    assert mojibake(f"A text in {meant} it is.") == ""


@pytest.mark.parametrize("text", ["SÃO PAULO", "“AMANHÔ", "«IRMû", "Ãngela Â", "18 °C, ±5 £", "â€"])
def test_letters_of_other_languages_are_not(text: str) -> None:
    assert mojibake(text) == ""
