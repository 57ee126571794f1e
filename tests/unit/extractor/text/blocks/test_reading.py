"""Two rows or two items cannot be read together; all else can."""

from __future__ import annotations

from itertools import permutations

import pytest

from extractor.schema import Block
from extractor.text.blocks import apart, block_around, find_blocks, same_row, surroundings_of
from extractor.text.blocks.reading import Surroundings

TEXT = """\
Offices of Acme

* Germany
  - Berlin
  - Munich
* France
  - Paris

Directors

| Name | Born |
|---|---|
| Ada | London |
| Grace | Boston |
"""
BLOCKS = find_blocks(TEXT)


def place(name: str) -> Surroundings:
    start = TEXT.index(name)
    return surroundings_of(BLOCKS)[block_around(start, start + len(name), BLOCKS)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Acme", name) for name in ("Germany", "Berlin", "Ada", "Boston", "Directors")),
        *(("Name", name) for name in ("Born", "Ada", "Boston")),
        ("Germany", "Munich"),
        ("France", "Paris"),
        ("Ada", "London"),
    ],
)
def test_what_stands_together_can_be_read_together(one: str, other: str) -> None:
    assert not apart({place(one)}, {place(other)})
    assert not apart({place(other)}, {place(one)})


@pytest.mark.parametrize(
    "names",
    [
        ("Germany", "France"),
        ("Berlin", "Munich", "Paris"),
        ("Munich", "France"),
        ("Ada", "Boston"),
        ("London", "Grace"),
        ("Paris", "Ada"),
    ],
)
def test_other_items_and_rows_are_apart(names: tuple[str, ...]) -> None:
    for one, other in permutations(names, 2):
        assert apart({place(one)}, {place(other)})


def test_one_mention_that_stands_together_is_enough() -> None:
    ada, grace = place("Ada"), place("Grace")
    assert not apart({ada, grace}, {grace})
    assert not apart({ada, ()}, {grace})
    assert not apart([()], [()])
    assert apart({ada}, {grace, place("Paris")})


def test_items_that_a_source_did_not_number_are_apart() -> None:
    blocks = [Block(start=n, end=n + 1, kind="item", group=1) for n in (0, 2)]
    one, other = surroundings_of(blocks)
    assert apart({one}, {other})


def test_a_span_is_held_by_one_block_or_none() -> None:
    blocks = [Block(start=1, end=4, kind="heading"), Block(start=6, end=9, kind="row", group=1)]
    spans = [(0, 1), (1, 4), (2, 3), (3, 6), (3, 7), (6, 9), (8, 10)]
    assert [block_around(*span, blocks) for span in spans] == [-1, 0, 0, -1, -1, 1, -1]


def test_cells_of_one_row_know_each_other() -> None:
    cells = [block for block in BLOCKS if block.kind == "row"]
    name, born, ada, london, *_ = cells
    assert same_row(name, born)
    assert same_row(ada, london)
    assert not same_row(born, ada)
    assert not same_row(BLOCKS[0], BLOCKS[0])
