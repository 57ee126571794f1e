from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.text.sentences import MAX_CHARACTERS, split_sentences

PIECES = [
    "Dr. Smith",
    "e.g.",
    "Hello!",
    " ",
    "  ",
    "\n",
    "\n\n",
    "😀",
    "e\u0301",
    "漢字。",
    "«Oui»",
    "3.5",
    "x" * 700,
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
)


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@given(TEXTS)
def test_sentences_are_ordered_and_leave_out_nothing_but_white_space(text: str) -> None:
    place = 0
    for span in split_sentences(text):
        assert place <= span.start < span.end <= len(text)
        assert not text[place : span.start].strip()
        assert span.end - span.start <= MAX_CHARACTERS
        place = span.end
    assert not text[place:].strip()


@given(TEXTS)
def test_no_sentence_begins_or_ends_with_white_space(text: str) -> None:
    assert all(sentence == sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She left. He stayed.", ["She left.", "He stayed."]),
        ("Dr. Smith met Mr. Jones in Washington.", ["Dr. Smith met Mr. Jones in Washington."]),
        ("It cost 3.5 million. Really?", ["It cost 3.5 million.", "Really?"]),
        ("😀 First. Second 😀.", ["😀 First.", "Second 😀."]),
        ("One line\n\nAnother", ["One line", "Another"]),
        ("no full stop", ["no full stop"]),
        (" \n\t ", []),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_text_without_full_stops_is_cut_at_blanks() -> None:
    text = " ".join(["word"] * 600)
    found = sentences(text)
    assert len(found) == 3
    assert all(set(sentence.split()) == {"word"} for sentence in found)


def test_a_cut_sentence_ends_before_the_blanks() -> None:
    assert sentences(f"{'a' * 600}  {'b' * 600}") == ["a" * 600, "b" * 600]
