"""Blocks one after another make a text that reads as they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fields.formats import formatted
from corpus.fields.formats.formatted import BlockText, FormatRejected, Formatted, first_time
from extractor.schema import BlockKind
from tests.unit.corpus.fields.formats.shapes import assert_sound

KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "row", "code", "furniture")


def test_blocks_are_apart_as_they_are_in_print() -> None:
    found = BlockText()
    found.add("Prizes", "heading")
    found.add("Name", "row", group=1, line=1)
    found.add("Year", "row", group=1, line=1)
    found.add("Curie", "row", group=1, line=2)
    found.add("1903", "row", group=1, line=2)
    found.add("first", "item", group=2, line=3)
    found.add("second", "item", group=2, line=4)
    found.add("The end.", "paragraph")

    assert found.text == "Prizes\n\nName | Year\nCurie | 1903\n\nfirst\nsecond\n\nThe end."


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 3))
    )
)
def test_any_texts_make_sound_blocks(
    given_blocks: list[tuple[str, BlockKind, int, int]],
) -> None:
    found = BlockText()
    for text, kind, group, line in given_blocks:
        found.add(text, kind, group=group, line=line)

    assert_sound(Formatted(text=found.text, blocks=tuple(found.blocks)))


def test_a_text_may_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatted, "MAX_CHARACTERS", 10)
    found = BlockText()
    found.add("123456789", "paragraph")

    with pytest.raises(FormatRejected, match="has over 10 characters of text: split it"):
        found.add("1", "paragraph")


def test_the_first_name_that_has_a_time_dates_a_text() -> None:
    values = {"updated": "yesterday", "date": "2024-02-01", "created": "2023"}

    assert first_time(values, ("updated", "date", "created")) == "2024-02-01"
    assert first_time(values, ("updated", "changed")) == ""
