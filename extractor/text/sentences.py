"""Blocks of a text -> sentence spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sentencex import get_sentence_boundaries

from extractor.schema import Block, Span
from extractor.text.blocks import UNREAD, find_blocks

MAX_CHARACTERS = 1000
"""A longer sentence (a row, a text without full stops) is cut at blanks to stay readable."""


LONGEST_STRETCH = 50_000
"""Characters that are split together: a paragraph takes time by the square of its quotes."""
BREAKS = ("\n\n", ".\n", ". ", "\n", " ")
"""Where a longer block is cut, the first that it has."""


def split_sentences(text: str, blocks: Sequence[Block] | None = None) -> tuple[Span, ...]:
    """Return the sentences of a text, ascending, without the white space around them.

    None crosses a block, but the cells of a row are one sentence, so that people can read what the
    row says. Code and furniture hold none.

    Args:
        text: the text.
        blocks: of it, ascending; those that are found in it by default.
    """
    spans: list[Span] = []
    blocks = find_blocks(text) if blocks is None else blocks
    for start, end, is_row in _parts(blocks):
        if is_row:
            spans.extend(_cut(text, start, end))
            continue
        for begin, stop in _stretches(text, start, end):
            for boundary in get_sentence_boundaries("en", text[begin:stop]):
                first, last = boundary["start_index"], boundary["end_index"]
                spans.extend(_cut(text, begin + first, begin + last))
    return tuple(spans)


def _parts(blocks: Sequence[Block]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each row and each other block that is read begins and ends."""
    read = (block for block in blocks if block.kind not in UNREAD)
    for (is_row, _, _), some in groupby(read, lambda b: (b.kind == "row", b.group, b.line)):
        together = list(some)
        if is_row:
            yield together[0].start, together[-1].end, True
        else:
            yield from ((block.start, block.end, False) for block in together)


def _stretches(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > LONGEST_STRETCH:
        last = start + LONGEST_STRETCH
        found = ((text.rfind(each, start, last), len(each)) for each in BREAKS)
        end = next((at + size for at, size in found if at > start), last)
        yield start, end
        start = end
    yield start, stop


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_CHARACTERS:
        blank = text.rfind(" ", start + 1, start + MAX_CHARACTERS)
        middle = blank if blank > start else start + MAX_CHARACTERS
        yield Span(start=start, end=start + len(text[start:middle].rstrip()))
        start = middle
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield Span(start=start, end=end)
