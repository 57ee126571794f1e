"""Which line breaks only wrap a paragraph, and which are there to part things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.text.blocks.lines import TextLine

NARROW = 50
"""Columns: what is wrapped to fewer has to read like prose, else it is a list of short lines."""
FULL = 0.8
"""Share of the width that a line has at least used before somebody breaks it."""
PROSE = 0.4
"""Share of words without a capital from which short lines are prose."""
_FUNCTION_WORDS = re.compile(
    r"(?:an?|the|and|or|nor|but|of|in|on|at|to|by|for|from|with|into|onto|upon|over|under|between"
    r"|as|than|that|which|who|whose|whom|is|are|was|were|be|been|being|has|have|had|will|would"
    r"|can|could|shall|should|may|might|must|not|its|his|her|their|our|my|your|this|these|those)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")
_OPENING = "\"'([{“‘«„*_"
STOPS = (".", "!", "?", ":", ";", "…", ".”", '."', ".)", "。")


def wrapped(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Yield the lines in groups, each of which is one stretch of running text."""
    group = [lines[0]]
    prose = _reads_like_prose(lines)
    for line in lines[1:]:
        if not is_wrap(group[-1], line, prose=prose):
            yield group
            group = []
        group.append(line)
    yield group


def is_wrap(line: TextLine, following: TextLine, *, prose: bool = False) -> bool:
    """Tell whether a sentence may go on from a line to the one that follows.

    Args:
        line: a line that is not blank.
        following: the next one, not blank either.
        prose: whether the lines around, however short, read like prose.
    """
    ended, last = line.text.endswith(STOPS), line.text.rsplit(None, 1)[-1]
    filled = is_full(line, following, prose=prose)
    first = following.body.lstrip(_OPENING)[:1]
    if first.islower() and not ended:
        return True
    if line.text[-1] in "-\u00ad" and line.text[-2:-1].isalpha():
        return True
    if _FUNCTION_WORDS.fullmatch(last):
        return True
    indented = following.indent >= line.indent + 2 and not line.mark
    return filled and not (ended and indented)


def is_full(line: TextLine, following: TextLine, *, prose: bool = False) -> bool:
    """Tell whether the first word of the following line had hardly fitted on this one."""
    if not line.room or (line.room < NARROW and not prose):
        return False
    word, *_ = following.body.split(None, 1) or [""]
    return line.width + 1 + len(word) > FULL * line.room


def _reads_like_prose(lines: Sequence[TextLine]) -> bool:
    if len(lines) == 1 or not 0 < lines[0].room < NARROW:
        return False  # nobody asks
    words = [word for line in lines for word in _WORDS.findall(line.body)]
    small: int = sum(word[0].islower() for word in words)
    return small >= PROSE * max(len(words), 1)
