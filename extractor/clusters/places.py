"""What the places of two names in the text say: distance, and the words between them."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator

from extractor.clusters.groups import Group
from extractor.schema import Mention

_READ = 40
"""Characters of the longest text between two mentions that is read."""
ALSO = re.compile(
    r"[,(\s]*(?:(?:also|better|formerly|previously|originally|later|now|commonly|sometimes|then|or"
    r"|was|is|who|real|birth|stage|full) )*(?:known as|called|named|named as|or|i\.? ?e\.?|aka"
    r"|a\.k\.a\.|born|née|nicknamed|dubbed|titled|alias|abbreviated|short for|name)\W*"
)
_LIST = re.compile(r"[,/&\s]*(?:and|,|/|&|vs\.?|with)[,\s]*")


def of_places(text: str, short: Group, long: Group) -> dict[str, float]:
    """Return what the places say; names that never stand apart have the distance 0."""
    gap, between, overlap = _nearest(text, short, long)
    return {
        "long_first": long.mentions[0].start < short.mentions[0].start,
        "often_short": math.log(len(short.mentions)),
        "often_long": math.log(len(long.mentions)),
        "far": math.log1p(gap) / 5,
        "overlap": overlap,
        "bracket": between == "(",
        "comma": between == ",",
        "also": ALSO.fullmatch(between) is not None,
        "list": _LIST.fullmatch(between) is not None,
    }


def _nearest(text: str, one: Group, other: Group) -> tuple[int, str, bool]:
    """Return the smallest gap between mentions, the text in it, and whether any two overlap."""
    least, between, overlap = -1, "", False
    for first, second in _meetings(one, other):
        gap = second.start - first.end
        overlap = overlap or gap < 0
        if gap >= 0 and (least < 0 or gap < least):
            least = gap
            between = text[first.end : second.start].strip() if gap <= _READ else ""
    return max(least, 0), between, overlap


def _meetings(one: Group, other: Group) -> Iterator[tuple[Mention, Mention]]:
    """Yield each mention of the second group with its neighbours of the first, in text order."""
    for mention in other.mentions:
        n = bisect_left(one.starts, mention.start)
        for near in one.mentions[max(n - 1, 0) : n + 1]:
            yield (near, mention) if near.start <= mention.start else (mention, near)
