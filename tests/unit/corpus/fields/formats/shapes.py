"""What every document of a format must be, and its blocks as they are easily compared."""

from __future__ import annotations

from corpus.fields.formats.formatted import CELL_EDGE, Formatted
from extractor.schema import Block


def assert_sound(found: Formatted) -> None:
    """Blocks lie in the text, ascend, hold something, and nothing else stands between them."""
    end = 0
    for block in found.blocks:
        between = found.text[end : block.start]
        assert between in ("", "\n", "\n\n", CELL_EDGE)
        assert found.text[block.start : block.end] == found.text[block.start : block.end].strip()
        end = block.end
    assert not found.blocks or end == len(found.text)


def shown(found: Formatted) -> list[tuple[str, str]]:
    """Return each block's kind and text."""
    assert_sound(found)
    return [(block.kind, found.text[block.start : block.end]) for block in found.blocks]


def lines(found: Formatted, kind: str) -> list[tuple[int, int]]:
    """Return group and line of each block of a kind, both counted from 1 as they come."""

    def places(numbers: list[int]) -> dict[int, int]:
        return {number: place for place, number in enumerate(dict.fromkeys(numbers), start=1)}

    blocks: list[Block] = [block for block in found.blocks if block.kind == kind]
    groups = places([block.group for block in blocks])
    rows = places([block.line for block in blocks])
    return [(groups[block.group], rows[block.line]) for block in blocks]
