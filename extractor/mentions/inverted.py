"""People who are written last name first are one mention: 'HOLLOWAY, James A.', 'Powell, J.'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from extractor.schema import Mention

_COMMA = re.compile(r",[ \t]?(?:\r?\n[ \t]*)?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)*[^\W\d_]\.")
_GIVEN = re.compile(r"[^\W\d_][\w'’-]*\.?(?:[ -][^\W\d_][\w'’-]*\.?){0,2}")


def join_inverted_names(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions, ascending, with last and first names beside each other joined.

    Only where letters tell that it is no list of people: the first is in capitals and the second is
    not, or the second is nothing but initials. Names within names are left alone.
    """
    joined: list[Mention] = []
    reach = 0  # of the mentions before the last
    for mention, after in zip_longest(mentions, mentions[1:]):
        last = joined[-1] if joined else None
        nested = last is None or last.start < reach or (after and after.start < mention.end)
        if last and not nested and _inverted(text, last, mention):
            joined[-1] = replace(last, end=mention.end)
        else:
            reach = max(reach, last.end if last else 0)
            joined.append(mention)
    return joined


def _inverted(text: str, last: Mention, first: Mention) -> bool:
    if not last.type == first.type == "PER":
        return False
    if not last.end < first.start or not _COMMA.fullmatch(text, last.end, first.start):
        return False
    family, given = text[last.start : last.end], text[first.start : first.end]
    if _INITIALS.fullmatch(given):
        return family[0].isupper() and " " not in family
    return family.isupper() and bool(_GIVEN.fullmatch(given)) and not given.isupper()
