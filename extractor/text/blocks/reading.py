"""What blocks mean to those who read: what holds what, and which mentions are kept apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from extractor.schema import Block

UNREAD = frozenset({"code", "furniture"})
"""Kinds of blocks that hold no mentions and no evidence."""
Surroundings = tuple[tuple[int, int], ...]
"""Where something stands: the lists and tables around it, each with which item or row, outer first.
Empty for all that goes with everything: what is in none, and the headings of a table."""


def block_around(start: int, end: int, blocks: Sequence[Block]) -> int:
    """Return the index of the block that holds all of a span; -1 if none does."""
    index = bisect_right(blocks, start, key=lambda block: block.start) - 1
    return index if index >= 0 and end <= blocks[index].end else -1


def same_row(one: Block, other: Block) -> bool:
    """Tell whether two blocks are cells of one row."""
    return one.kind == other.kind == "row" and (one.group, one.line) == (other.group, other.line)


def surroundings_of(blocks: Sequence[Block]) -> list[Surroundings]:
    """Return where each block stands.

    A list between two items of another, or right after an item, belongs to that item.
    """
    places: list[Surroundings] = []
    inside: dict[int, int] = {}
    for index, block in enumerate(blocks):
        if block.kind == "item" and block.group:
            if block.group in inside:
                while next(reversed(inside)) != block.group:
                    inside.popitem()
            inside[block.group] = block.line or -1 - index  # an unnumbered item is by itself
            places.append(tuple(inside.items()))
            continue
        if block.kind not in UNREAD:
            inside.clear()
        is_row = block.kind == "row" and block.group and block.line
        places.append(((block.group, block.line),) if is_row else ())
    return places


def apart(ones: Collection[Surroundings], others: Collection[Surroundings]) -> bool:
    """Tell whether no mention of one entity can be read together with any of another.

    Two mentions cannot, in two rows or items, of one table or list or of two.

    Args:
        ones: where the mentions of one entity stand.
        others: where those of the other do.
    """
    if () in ones or () in others:
        return False
    return all(_parted(one, other) for one in ones for other in others)


def _parted(one: Surroundings, other: Surroundings) -> bool:
    return any(ours != theirs for ours, theirs in zip(one, other, strict=False))
