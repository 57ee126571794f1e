"""Lines of a page -> paragraphs, headings and items, by how the lines stand to each other. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median_low
from typing import Final

from corpus.fields.formats.pdf_lines import PageLine
from extractor.schema import BlockKind

STOPS: Final = (".", "!", "?", ":", ";", '."', ".”", ".)", "。")
HEADING_FROM = 1.15
"""Times the height of most letters, from which a short paragraph is a heading."""
_HEADING_TO = 200
_OTHER_SIZE = 0.2
_GAP = 1.3
"""Times the usual distance of lines, from which an empty space parts paragraphs."""
_SHORT, _VERY_SHORT = 0.88, 0.6
"""Of the width of its column: a line that ends there ends its paragraph, if its sentence ends too;
or in any case, as lines of addresses, titles and tables do."""
_COLUMN = 24.0
"""Points: lines that begin within so many are in one column."""
_BULLET = re.compile(r"[•‣▪▫◦●○■□➢✓·]\s*\S")
_MARK = re.compile(r"(?:[-–—*]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+\S")


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together."""

    kind: BlockKind
    lines: list[PageLine] = field(default_factory=list)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is usual in a document."""

    height: float
    """Of a letter, in points."""
    distance: float
    """From line to line, in heights."""

    @classmethod
    def of(cls, pages: Iterable[Sequence[PageLine]]) -> Measures:
        """Measure all lines; each counts for as much as it holds."""
        lines = [line for page in pages for line in page]
        heights = [line.height for line in lines for _ in range(0, len(line.text), 20)]
        drops = [
            drop
            for above, below in pairwise(lines)
            if 0.5 < (drop := (above.bottom - below.bottom) / (above.height or 1.0)) < 2.5
        ]
        return cls(height=median_low(heights), distance=median_low(drops) if drops else 1.2)


def paragraphs_of(lines: Sequence[PageLine], measures: Measures, page: int) -> list[Paragraph]:
    """Return the paragraphs of a page, in the order of its lines."""
    rooms, found = _Rooms(lines), list[Paragraph]()
    for line in lines:
        if found and not _begins(line, found[-1], measures, rooms):
            found[-1].lines.append(line)
        else:
            found.append(Paragraph(_kind(line, measures), [line], page))
    for each in found:
        if each.kind == "heading" and sum(len(line.text) for line in each.lines) > _HEADING_TO:
            each.kind = "paragraph"
    return found


class _Rooms:
    """How far to the right the lines of each column of a page go."""

    def __init__(self, lines: Iterable[PageLine]) -> None:
        self._right: dict[int, float] = defaultdict(float)
        for line in lines:
            column = int(line.left // _COLUMN)
            self._right[column] = max(self._right[column], line.right)

    def share(self, line: PageLine) -> float:
        """Return which share of the width of its column a line fills."""
        column = int(line.left // _COLUMN)
        right = max(self._right.get(each, 0.0) for each in (column - 1, column, column + 1))
        return (line.right - line.left) / ((right - line.left) or 1.0)


def _begins(line: PageLine, before: Paragraph, measures: Measures, rooms: _Rooms) -> bool:
    """Tell whether a paragraph begins with a line."""
    last = before.lines[-1]
    if last.hyphenated:
        return False
    height = max(line.height, last.height) or 1.0
    if _BULLET.match(line.text) or abs(line.height - last.height) > _OTHER_SIZE * height:
        return True
    drop = (last.bottom - line.bottom) / height
    if abs(drop) < 0.5:  # another part of the same line
        return False
    ends = last.text.endswith(STOPS)
    share = rooms.share(last)
    if share < _VERY_SHORT or (ends and share < _SHORT):
        return True
    if drop < 0 or drop > 3 * measures.distance:  # the next column
        return ends or before.kind == "heading"
    if drop > _GAP * measures.distance:
        return True
    indented = line.left > last.left + 0.8 * height and before.kind != "item"
    return ends and (indented or bool(_MARK.match(line.text)))


def _kind(line: PageLine, measures: Measures) -> BlockKind:
    if line.height > HEADING_FROM * measures.height:
        return "heading"
    return "item" if _BULLET.match(line.text) or _MARK.match(line.text) else "paragraph"
