"""Document -> sentence spans."""

from __future__ import annotations

from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from extractor.schema import Span

MAX_CHARACTERS = 1000
"""A longer sentence (a table, a text without full stops) is cut at blanks to stay readable."""


LONGEST_STRETCH = 50_000
"""Characters that are split together: a paragraph takes time by the square of its quotes."""
BREAKS = ("\n\n", ".\n", ". ", "\n", " ")
"""Where a longer text is cut, the first that it has; no sentence crosses the first."""


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text, ascending, without the white space around them."""
    spans: list[Span] = []
    for begin, stop in _stretches(text):
        for boundary in get_sentence_boundaries("en", text[begin:stop]):
            start, end = boundary["start_index"], boundary["end_index"]
            spans.extend(_cut(text, begin + start, begin + end))
    return tuple(spans)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(text) - start > LONGEST_STRETCH:
        last = start + LONGEST_STRETCH
        found = ((text.rfind(each, start, last), len(each)) for each in BREAKS)
        end = next((at + size for at, size in found if at > start), last)
        yield start, end
        start = end
    yield start, len(text)


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
