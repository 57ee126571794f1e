"""Document -> sentence spans."""

from __future__ import annotations

from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from extractor.schema import Span

MAX_CHARACTERS = 1000
"""A longer sentence (a table, a text without full stops) is cut at blanks to stay readable."""


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text, ascending, without the white space around them."""
    spans: list[Span] = []
    for boundary in get_sentence_boundaries("en", text):
        start, end = boundary["start_index"], boundary["end_index"]
        spans.extend(_cut(text, start, end))
    return tuple(spans)


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
