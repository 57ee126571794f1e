"""Words of a text as they would be written in prose, where the text shouts them.

A tagger knows an acronym by its capitals, so that it takes UNITED ARAB EMIRATES for an organization
and SHU KAMO for one too. Capitals of several words in a row tell nothing: there each word is read
as if it were capitalized, but for small ones ("of").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SMALL_WORDS = frozenset({
    "a", "an", "and", "as", "at", "but", "by", "de", "del", "der", "for", "from", "in", "into",
    "is", "it", "its", "la", "le", "of", "on", "or", "that", "the", "to", "van", "von", "was",
    "with",
})  # fmt: skip
LEAST_LETTERS = 4
"""Of one word among those in a row: shorter ones may all be acronyms (US GDP)."""
_WITHIN = frozenset("-'’&")
"""Signs that do not end a row."""


def as_in_prose(words: Sequence[str]) -> list[str]:
    """Return the words of a text, those in rows of capitals as prose would write them.

    Args:
        words: of the whole text, signs among them, in their order.
    """
    written = list(words)
    for row in _rows(words):
        if len(row) > 1 and any(_tells(words[place]) for place in row):
            for place in row:
                lower = words[place].lower()
                written[place] = lower if lower in SMALL_WORDS else words[place].capitalize()
    return written


def _rows(words: Sequence[str]) -> Iterator[list[int]]:
    """Yield the places of words of capitals that follow each other, over initials and signs."""
    row: list[int] = []
    gap = 0
    for place, word in enumerate(words):
        if len(word) > 1 and word.isalpha() and word.isupper():
            row.append(place)
            gap = 0
        elif row and gap < 2 and _goes_on(words[place - 1], word):
            gap += 1
        elif row:
            yield row
            row, gap = [], 0
    if row:
        yield row


def _goes_on(before: str, word: str) -> bool:
    return word in _WITHIN or _initial(word) or (word == "." and _initial(before))


def _initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _tells(word: str) -> bool:
    return len(word) >= LEAST_LETTERS and word.lower() not in SMALL_WORDS
