"""Plain text -> blocks that cover every character that is not blank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from extractor.schema import Block, Document
from extractor.text.blocks.furniture import (
    bare_fences,
    read_code,
    read_front_matter,
    read_furniture,
    read_headers,
)
from extractor.text.blocks.lines import TextLine, read_lines
from extractor.text.blocks.lists import read_list
from extractor.text.blocks.paragraphs import (
    read_entry,
    read_heading,
    read_paragraph,
    read_quote,
    read_signature,
)
from extractor.text.blocks.tables import read_aligned, read_piped, read_tabbed
from extractor.text.blocks.writing import Writer

Reader = Callable[[Sequence[TextLine], int, Writer], int]
"""Writes the blocks that begin at a line, and returns the line after them: the same, if none do."""


def blocks_of(document: Document) -> tuple[Block, ...]:
    """Return the blocks that a document brings, else those of its text."""
    return document.blocks or find_blocks(document.text)


def find_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text: ascending, without overlaps, with blanks only between them."""
    lines = read_lines(text)
    readers: tuple[Reader, ...] = (
        read_front_matter,
        read_headers,
        partial(read_code, fences=bare_fences(lines)),
        read_piped,
        read_tabbed,
        read_aligned,
        read_signature,
        read_furniture,
        read_quote,
        read_list,
        read_entry,
        read_heading,
        read_paragraph,
    )
    out = Writer(text)
    place = 0
    while place < len(lines):
        place = _read(readers, lines, place, out) if lines[place].look != "blank" else place + 1
    return tuple(out.blocks)


def _read(readers: Sequence[Reader], lines: Sequence[TextLine], place: int, out: Writer) -> int:
    ends = (reader(lines, place, out) for reader in readers)
    return next(end for end in ends if end > place)
