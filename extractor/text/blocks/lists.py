"""Items of lists, nested or not; an item may have several lines and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.text.blocks.lines import TextLine
from extractor.text.blocks.wrapping import STOPS, is_full, is_wrap, wrapped
from extractor.text.blocks.writing import Writer

PROSE_ITEM = 300
"""Characters from which most items of a list are numbered paragraphs, and it is no list."""
_DIGITS = re.compile(r"\d+")
_CONTINUES = ("text", "header", "hashes", "stamp", "page")
"""What a line of an item may look like, the first apart."""


@dataclass(slots=True)
class _List:
    indent: int
    mark: str
    group: int
    first: int
    """Its first block."""
    items: int = 0
    characters: int = 0


def begins_item(line: TextLine, before: TextLine | None = None) -> bool:
    """Tell whether an item begins with a line.

    Args:
        line: that may begin one.
        before: the line of running text before it, if any: what fills its line may just go on.
    """
    if line.look not in ("bullet", "number"):
        return False
    if before is None or line.text[0] in "*+•‣▪▫◦∙●○■□➢➤✓✔" or before.text.endswith(STOPS):
        return True
    return not is_full(before, line)


def read_list(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a list: items with nothing else between them."""
    if not begins_item(lines[place]):
        return place
    open_lists: list[_List] = []
    end = place
    while True:
        at = _past_blanks(lines, end)
        if at == len(lines):
            break
        line = lines[at]
        if line.look in ("bullet", "number"):
            _enter(line, open_lists, out)
            end = _read_item(lines, at, open_lists[-1], out)
        elif at > end and line.look == "text" and line.indent > open_lists[-1].indent + 1:
            end = _read_item(lines, at, open_lists[-1], out, goes_on=True)
        else:
            break
    while open_lists:
        _close(open_lists.pop(), out)
    return end


def _enter(line: TextLine, open_lists: list[_List], out: Writer) -> None:
    """Find the list that an item belongs to, or open one."""
    while open_lists and line.indent < open_lists[-1].indent - 1:
        _close(open_lists.pop(), out)
    kind = _kind_of_mark(line)
    inside = open_lists and line.indent > open_lists[-1].indent + 1
    if open_lists and not inside and open_lists[-1].mark != kind:
        _close(open_lists.pop(), out)
        inside = True
    if inside or not open_lists:
        first = len(out.blocks)
        open_lists.append(_List(line.indent, kind, group=out.new_group(), first=first))
    open_lists[-1].items += 1


def _read_item(
    lines: Sequence[TextLine], place: int, its: _List, out: Writer, *, goes_on: bool = False
) -> int:
    """Read the lines of an item up to a blank one or the next item."""
    end = place + 1
    content = lines[place].indent + (0 if goes_on else lines[place].mark)
    while end < len(lines) and _belongs(lines[end - 1], lines[end], content):
        end += 1
    for stretch in wrapped(lines[place:end]):
        out.add_lines(stretch, "item", group=its.group, line=its.items)
    its.characters += lines[end - 1].end - lines[place].start
    return end


def _belongs(before: TextLine, line: TextLine, content: int) -> bool:
    if line.look not in _CONTINUES:
        return line.look in ("bullet", "number") and not begins_item(line, before)
    return line.indent >= content - 1 or is_wrap(before, line)


def _close(its: _List, out: Writer) -> None:
    if its.characters > PROSE_ITEM * its.items:
        out.ungroup(its.group, its.first)


def _past_blanks(lines: Sequence[TextLine], place: int) -> int:
    while place < len(lines) and lines[place].look == "blank":
        place += 1
    return place


def _kind_of_mark(line: TextLine) -> str:
    """Return what the marks of one list have in common: the bullet, or the form of the number."""
    mark = line.text[: line.mark].strip()
    if line.look == "bullet":
        return mark
    return "letter" + mark[-1] if not _DIGITS.search(mark) else "number" + mark[-1]
