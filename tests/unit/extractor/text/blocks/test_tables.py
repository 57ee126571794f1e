"""Cells are blocks; those of a row know it; headings of a table are line 0."""

from __future__ import annotations

import pytest

from tests.unit.extractor.text.blocks.shown import lines_of, shown

MARKDOWN = "| Name | Born |\n|:---|---|\n| Grace Hopper | New York |\n| Alan Turing | London |"
RULED = (
    "+---------+-----------+\n| Name    | Born      |\n+=========+===========+\n"
    "| Grace   | New       |\n|         | York      |\n+---------+-----------+\n"
    "| Alan    | London    |\n+---------+-----------+"
)
ALIGNED = (
    "Name            Born\n--------------  ----------\nGrace Hopper    New York\n"
    "Alan Turing     London"
)
TABBED = "Grace Hopper\tNew York\nAlan Turing\tLondon"


@pytest.mark.parametrize("table", [MARKDOWN, ALIGNED])
def test_cells_know_their_row(table: str) -> None:
    for text in (table, f"Members\n\n{table}\n\nThat is all."):
        assert lines_of(text) == [
            ("Name", 0),
            ("Born", 0),
            ("Grace Hopper", 1),
            ("New York", 1),
            ("Alan Turing", 2),
            ("London", 2),
        ]


def test_a_row_without_a_first_cell_goes_on_with_the_one_before() -> None:
    assert lines_of(RULED) == [
        ("Name", 0),
        ("Born", 0),
        ("Grace", 1),
        ("New", 1),
        ("York", 1),
        ("Alan", 2),
        ("London", 2),
    ]


def test_tabs_part_cells() -> None:
    assert lines_of(TABBED) == [
        ("Grace Hopper", 1),
        ("New York", 1),
        ("Alan Turing", 2),
        ("London", 2),
    ]


def test_numbers_may_be_aligned_at_their_ends() -> None:
    assert lines_of("London      8,900,000\nParis           2,100") == [
        ("London", 1),
        ("8,900,000", 1),
        ("Paris", 2),
        ("2,100", 2),
    ]


def test_two_columns_of_a_signature_page_are_apart() -> None:
    assert [text for text, _ in lines_of("Grace Hopper                 Alan Turing")] == [
        "Grace Hopper",
        "Alan Turing",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Two blanks follow a full stop.  That is no table.\nNor is this one.  It goes on.",
        "The words  of a justified  line stand  apart, as it has to be full\n"
        "but they never  begin in the same   columns as those of the other.",
        "We write a | b | c where one of the three is meant. " + "This is prose that goes on. " * 9,
    ],
)
def test_prose_is_no_table(text: str) -> None:
    assert {kind for kind, _ in shown(text)} == {"paragraph"}


def test_edges_are_furniture() -> None:
    assert ("furniture", "|:---|---|") in shown(MARKDOWN, furniture=True)
    assert shown("| | | |", furniture=True) == [("furniture", "| | | |")]
