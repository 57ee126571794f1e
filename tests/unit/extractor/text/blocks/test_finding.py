"""Whatever the text, its blocks are in order, apart, and cover all that is not blank."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.schema import Block
from extractor.text.blocks import blocks_of, find_blocks
from tests.unit.extractor.annotated import annotated_document
from tests.unit.extractor.test_growth import assert_linear

LINES = [
    "",
    "  ",
    "---",
    "title: x",
    "# Heading",
    "== Heading ==",
    "======",
    "- Ada Lovelace",
    "  * Berlin",
    "1. Germany",
    "12",
    "Page 3 of 12",
    "| a | b |",
    "|---|---|",
    "| | c",
    "a\tb\tc",
    "Acme Corp.     London",
    "Foo Inc.       Paris",
    "> quoted text that goes on",
    "> > deeper",
    "On Monday, Ada Lovelace wrote:",
    "-- ",
    "--",
    "```python",
    "```",
    "~~~",
    "    x = f(1);",
    "From: Ada",
    "Subject: engines",
    "2024-01-31 09:12:44 INFO started",
    "[09:12:44]",
    "Figure 1. A caption",
    "[1]: https://example.org",
    "The company was founded by the engineer James A.",
    "MERWE, who lived in London.",
    "\u2028x\x0cy\x85z\u200b",
    "漢字。😀",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.lists(st.sampled_from(LINES), max_size=25).map("\n".join),
    st.lists(st.sampled_from(LINES), max_size=25).map("\r\n".join),
    st.text(" \n|\t->*#`~:.1aA", max_size=60),
)


@given(TEXTS)
@example("|")
@example("- ")
@example("\ufeff---\na: b\n---\n")
def test_blocks_of_any_text_ascend_apart_and_leave_out_only_blanks(text: str) -> None:
    place = 0
    for block in find_blocks(text):
        assert place <= block.start < block.end <= len(text)
        assert not text[place : block.start].strip()
        stretch = text[block.start : block.end]
        assert stretch == stretch.strip()
        assert (block.group > 0) == (block.kind in ("item", "row"))
        place = block.end
    assert not text[place:].strip()


@given(TEXTS)
def test_what_stands_below_an_empty_line_changes_nothing_above(text: str) -> None:
    below = f"{text}\n\nAn end that nobody can mistake for a part of what is above.\n"
    if "`" in text or "~" in text or text.lstrip().startswith("---"):
        return  # a fence reaches as far as what closes it
    ours = [(block.kind, block.start, block.end) for block in find_blocks(text)]
    theirs = [(block.kind, block.start, block.end) for block in find_blocks(below)]
    assert theirs[: len(ours)] == ours


@pytest.mark.parametrize(
    "line", ["|", "| a ", "a\tb\n", "|\n", "- a\n", "> a\n", "From: a\n", "-  -\n", "```a\n~~~\n"]
)
def test_work_grows_with_the_text(line: str) -> None:
    assert_linear(lambda times: find_blocks(line * times), 250)


def test_a_document_keeps_the_blocks_that_it_brings() -> None:
    document = annotated_document("Ada Lovelace.")
    given = (Block(start=0, end=3, kind="heading"),)
    object.__setattr__(document, "blocks", given)
    assert blocks_of(document) == given


def test_running_text_is_one_paragraph() -> None:
    text = "  Ada Lovelace was born in London.  She worked with Babbage. P(A|B) - 1. No list.\n"
    assert [(b.kind, b.start, b.end) for b in find_blocks(text)] == [
        ("paragraph", 2, len(text) - 1)
    ]
