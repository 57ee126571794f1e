"""Abbreviations that a document defines, as in 'acute renal failure (ARF)'.

The letters are matched from the right, as by Schwartz and Hearst (2003).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_IN_BRACKETS = re.compile(r"[(\[]\s*([^\s()\[\]](?:[^()\[\]]{0,13}[^\s()\[\]])?)\s*[)\]]")
"""A short form: at most 15 characters between brackets."""
_LONGEST = 120
"""Characters before the bracket in which the long form is looked for."""


def defined_abbreviations(text: str) -> Mapping[str, str]:
    """Return short form -> long form; the first definition of a short form counts."""
    found: dict[str, str] = {}
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        if len(short.split()) > 2 or len(short) < 2 or not any(map(str.isalpha, short)):
            continue
        before = text[max(0, match.start() - _LONGEST) : match.start()].rstrip()
        before = re.split(r"[.;:()\[\]]\s", before)[-1]
        long = _long_form(short, before)
        if long:
            found.setdefault(short, long)
    return found


def _long_form(short: str, before: str) -> str:
    """Return the shortest end of `before` that holds the short form's letters in order.

    The first letter must begin a word.
    """
    most_words = min(len(short) + 5, len(short) * 2)
    place = len(before) - 1
    for position in range(len(short) - 1, -1, -1):
        letter = short[position].casefold()
        if not letter.isalnum():
            continue
        while place >= 0 and (
            before[place].casefold() != letter
            or (position == 0 and place > 0 and before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
        place -= 1
    long = before[place + 1 :].lstrip("- ")
    fits = len(long) > len(short) and len(long.split()) <= most_words
    return long if fits else ""
