"""Plain text -> Block: headings, paragraphs, items, rows, and what is not read.

In the order of the data:

    lines.py        text -> lines, each with what it looks like by itself
    writing.py      collects blocks, in order
    furniture.py    front matter, headers of mails, fences, rules, page numbers, stamps of logs
    tables.py       rows of cells
    lists.py        items
    wrapping.py     which line breaks only wrap a paragraph
    paragraphs.py   paragraphs, headings, captions, quotes, signatures
    finding.py      the readers above in turn -> blocks that cover every character that is not blank

    reading.py      what blocks mean to those who read: which mentions are kept apart
"""

from extractor.text.blocks.finding import blocks_of, find_blocks
from extractor.text.blocks.reading import (
    UNREAD,
    Surroundings,
    apart,
    block_around,
    same_row,
    surroundings_of,
)

__all__ = [
    "UNREAD",
    "Surroundings",
    "apart",
    "block_around",
    "blocks_of",
    "find_blocks",
    "same_row",
    "surroundings_of",
]
