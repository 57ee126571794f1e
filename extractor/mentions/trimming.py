"""Detected mentions, cut to what is a name: no address, no stray sign, no half of a character.

A tagger reads words and knows no signs that it was not taught: it takes the emoji beside a name, an
open bracket, a rule of dashes. What is left after the cut has a letter, unless it is a time or a
number with a digit. Mentions that people gave are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from extractor.schema import VALUE_TYPES, Mention
from extractor.text.silence import Stretch, silent_stretches

_GRAPHEME = regex.compile(r"\X")
_WHOLE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}(?::\d\d){1,2}|\d+(?:[.,]\d+)+|(?<!\w)[A-Za-z0-9]*_\w+", re.ASCII
)
"""Dates, times, numbers and identifiers, which are named as a whole."""
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "“": "”", "„": "“", "«": "»", "‹": "›", "‘": "’"}
_CLOSERS = {closer: opener for opener, closer in _PAIRS.items() if closer != "’"}
_QUOTES = frozenset('"“”„«»‹›`´')
_STRAY = frozenset(",;:|*_~^\\/=-–—•·")
"""Signs that no name begins or ends with."""
_STRAY_OF_VALUES = frozenset(",;:|*_\\=•·")
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_MEANT = frozenset("°№℃℉℮")
"""Symbols that are read as words."""


def trim_mentions(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions in their order without what is no name; those that are none are dropped.

    Two that are left with one span are one; of two that would cross the first stays.
    """
    stretches = silent_stretches(text)
    ends = _grapheme_ends(text)
    wholes = [match.span() for match in _WHOLE.finditer(text)]
    trimmed: dict[Stretch, Mention] = {}
    for mention in mentions:
        span = _loud(*_widened(mention.start, mention.end, wholes), stretches)
        span = span and _without_strays(text, *_whole(*span, ends), mention.type in VALUE_TYPES)
        if span and _names(text[slice(*span)], mention.type):
            trimmed.setdefault(span, replace(mention, start=span[0], end=span[1]))
    return list(_uncrossed(list(trimmed.values())))


def _widened(start: int, end: int, wholes: Sequence[Stretch]) -> Stretch:
    """Widen a span over what it has only a part of."""
    first = bisect_right(wholes, start, key=lambda whole: whole[1])
    last = bisect_left(wholes, end, key=lambda whole: whole[0]) - 1
    if first <= last:
        start, end = min(start, wholes[first][0]), max(end, wholes[last][1])
    return start, end


def _loud(start: int, end: int, stretches: Sequence[Stretch]) -> Stretch | None:
    """Cut silent stretches off both ends of a span; None where one is left inside it."""
    first = bisect_right(stretches, start, key=lambda stretch: stretch[1])
    last = bisect_left(stretches, end, key=lambda stretch: stretch[0]) - 1
    if first <= last and stretches[first][0] <= start:
        start = stretches[first][1]
        first += 1
    if first <= last and stretches[last][1] >= end:
        end = stretches[last][0]
        last -= 1
    return (start, end) if start < end and first > last else None


def _grapheme_ends(text: str) -> list[int]:
    """Return where each grapheme of a text ends; nothing where each character is one."""
    if text.isascii():
        return []
    return [match.end() for match in _GRAPHEME.finditer(text)]


def _whole(start: int, end: int, ends: Sequence[int]) -> Stretch:
    """Widen a span to whole graphemes."""
    if not ends:
        return start, end
    before = bisect_right(ends, start)
    return ends[before - 1] if before else 0, ends[bisect_left(ends, end)]


def _without_strays(text: str, start: int, end: int, value: bool) -> Stretch | None:
    """Strip what belongs to no name off both ends; None where nothing is left.

    Args:
        text: of the document.
        start: of a span of whole graphemes.
        end: of it.
        value: whether it is a time or a number, whose signs mean something.
    """
    characters = _graphemes(text[start:end])
    first, last = 0, len(characters)
    unpaired = _unpaired(characters)
    while first < last and _stray(characters[first], first in unpaired, value):
        first += 1
    while first < last and (
        _stray(characters[last - 1], last - 1 in unpaired, value)
        or (not value and _ends_a_quotation(characters[first], characters[last - 1]))
        or (not value and _marks_a_note(characters[first:last]))
    ):
        last -= 1
    start += sum(map(len, characters[:first]))
    length = sum(map(len, characters[first:last]))
    return (start, start + length) if length else None


def _marks_a_note(characters: Sequence[str]) -> bool:
    """Tell whether a name ends with the mark of a footnote: "Ríos¹", but not "CO²"."""
    if characters[-1] not in _RAISED:
        return False
    letters = (each for each in reversed(characters) if each not in _RAISED)
    return next(letters, "").islower()


def _graphemes(text: str) -> Sequence[str]:
    return text if text.isascii() else _GRAPHEME.findall(text)


def _unpaired(characters: Sequence[str]) -> set[int]:
    """Return the places of brackets and quotes without a partner among the characters."""
    waiting: list[tuple[str, int]] = []
    unpaired: set[int] = set()
    for place, character in enumerate(characters):
        if waiting and character == _PAIRS.get(waiting[-1][0], waiting[-1][0]):
            waiting.pop()
        elif character in _PAIRS or character == '"':
            waiting.append((character, place))
        elif character in _CLOSERS:
            unpaired.add(place)
    return unpaired | {place for _, place in waiting}


def _stray(character: str, unpaired: bool, value: bool) -> bool:
    """Tell whether a grapheme at an end of a span belongs to no name."""
    base = character[0]
    if base in (_STRAY_OF_VALUES if value else _STRAY):
        return True
    if unpaired and (base in _QUOTES or base in _PAIRS or base in _CLOSERS):
        return True
    category = unicodedata.category(base)
    return category in {"Cc", "Cf", "Zs", "Zl", "Zp"} or (category == "So" and base not in _MEANT)


def _ends_a_quotation(first: str, last: str) -> bool:
    """Tell an apostrophe after a name ("the workers'"); one before it may be a letter ('Abd)."""
    return last in {"'", "’"} and first not in {"'", "‘"}


def _names(name: str, type_: str) -> bool:
    if any(map(str.isalpha, name)):
        return True
    return type_ in VALUE_TYPES and any(map(str.isnumeric, name))


def _uncrossed(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the mentions that cross none before them."""
    around: list[int] = []
    for mention in sorted(mentions, key=lambda each: (each.start, -each.end, each.type)):
        while around and around[-1] <= mention.start:
            around.pop()
        if not around or mention.end <= around[-1]:
            around.append(mention.end)
            yield mention
