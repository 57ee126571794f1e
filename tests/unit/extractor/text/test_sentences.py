from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.schema import Block
from extractor.text.blocks import UNREAD, block_around, find_blocks, same_row
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
def test_sentences_are_ordered_and_leave_out_nothing_of_a_block_but_white_space(text: str) -> None:
    place = 0
    blocks = [Block(start=0, end=len(text), kind="paragraph")] if text else []
    for span in split_sentences(text, blocks):
        assert place <= span.start < span.end <= len(text)
        assert not text[place : span.start].strip()
        assert span.end - span.start <= MAX_CHARACTERS
        place = span.end
    assert not text[place:].strip()


@given(TEXTS)
def test_no_sentence_begins_or_ends_with_white_space(text: str) -> None:
    assert all(sentence == sentence.strip() for sentence in sentences(text))


@given(TEXTS)
def test_no_sentence_crosses_a_block(text: str) -> None:
    blocks = [block for block in find_blocks(text) if block.kind not in UNREAD]
    spans = split_sentences(text)
    for span in spans:
        first = block_around(span.start, span.start + 1, blocks)
        last = block_around(span.end - 1, span.end, blocks)
        assert first == last or same_row(blocks[first], blocks[last])
    said = "".join("".join(text[span.start : span.end].split()) for span in spans)
    assert said or not blocks
    for block in blocks:
        assert "".join(text[block.start : block.end].split()) in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Offices\n\n- London. It is old.\n- Paris", ["Offices", "London.", "It is old.", "Paris"]),
        (
            "|Name|Born|\n|-|-|\n|Dr. A. Turing|London. 1912|\n|G. Hopper|New York|",
            ["Name|Born", "Dr. A. Turing|London. 1912", "G. Hopper|New York"],
        ),
        ("---\ntitle: x\n---\nShe left.\n\n```\nx = 1. Y\n```\n\nPage 3", ["She left."]),
        ("12", []),
    ],
)
def test_rows_are_sentences_and_what_is_not_read_holds_none(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


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
