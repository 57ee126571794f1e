"""Blocks as a reader sees them."""

from __future__ import annotations

from extractor.text.blocks import find_blocks


def shown(text: str, *, furniture: bool = False) -> list[tuple[str, str]]:
    """Return kind and text of each block; of furniture only if asked for."""
    return [
        (block.kind, text[block.start : block.end])
        for block in find_blocks(text)
        if furniture or block.kind != "furniture"
    ]


def lines_of(text: str) -> list[tuple[str, int]]:
    """Return of each item or cell its text, and which item or row it is in."""
    return [
        (text[block.start : block.end], block.line) for block in find_blocks(text) if block.group
    ]
