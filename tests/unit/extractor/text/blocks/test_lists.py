"""Items are apart; a nested list has a group of its own; numbered paragraphs are no list."""

from __future__ import annotations

from extractor.text.blocks import find_blocks
from tests.unit.extractor.text.blocks.shown import lines_of, shown


def groups_of(text: str) -> list[int]:
    return [block.group for block in find_blocks(text) if block.kind == "item"]


def test_each_bullet_begins_an_item_and_is_no_part_of_it() -> None:
    text = "Present:\n- Ada Lovelace\n- Charles Babbage\n\n* London\n* Paris\n1. Germany\n2. France"
    assert lines_of(text) == [
        ("Ada Lovelace", 1),
        ("Charles Babbage", 2),
        ("London", 1),
        ("Paris", 2),
        ("Germany", 1),
        ("France", 2),
    ]
    assert groups_of(text) == [1, 1, 2, 2, 3, 3]
    assert ("furniture", "2.") in shown(text, furniture=True)


def test_an_item_may_have_several_lines_and_paragraphs() -> None:
    text = "- Ada, who was\n  born in London\n\n  She died there.\n- Grace"
    assert lines_of(text) == [
        ("Ada, who was\n  born in London", 1),
        ("She died there.", 1),
        ("Grace", 2),
    ]


def test_nested_lists_have_groups_of_their_own() -> None:
    text = "* Germany\n  - Berlin\n  - Munich\n* France\n  - Paris"
    assert groups_of(text) == [1, 2, 2, 1, 3]
    assert [line for _, line in lines_of(text)] == [1, 1, 2, 2, 1]


def test_numbered_paragraphs_are_no_list() -> None:
    long = "The court has heard the parties and finds as follows in this matter. " * 6
    assert {kind for kind, _ in shown(f"1. {long}\n\n2. {long}\n\n3. {long}")} == {"paragraph"}


def test_a_number_or_a_dash_inside_a_wrapped_paragraph_begins_nothing() -> None:
    for mark in ("12.", "–"):
        text = f"The report says what the members of the committee wrote on page\n{mark} The end."
        assert shown(text) == [("paragraph", text)]
