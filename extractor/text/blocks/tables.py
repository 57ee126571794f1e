"""Rows of cells: parted by edges ('|'), by tabs, or aligned by blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.text.blocks.lines import EDGES, TAB, TextLine, is_short
from extractor.text.blocks.writing import Writer

_EDGE = re.compile(rf"(?<!\\)[{EDGES}]")
_TABS = re.compile(r"\t+")
_GAP = re.compile(r"(?<![.!?:]) {2,}| {3,}|\t+")
_ALONE_GAP = re.compile(r" {5,}")
_WIDE_GAP = re.compile(r" {3,}|\t+")
Cells = list[tuple[int, int]]
"""Where each cell begins and ends in its line, empty ones included."""


def read_piped(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a table whose cells have edges; rules may part its rows."""
    if lines[place].look != "pipes":
        return place
    end = place
    while end < len(lines) and lines[end].look in ("pipes", "rule"):
        end += 1
    _write(lines[place:end], [_cells(line, _EDGE) for line in lines[place:end]], out)
    return end


def read_tabbed(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a table whose cells are parted by tabs."""
    end = place
    while end < len(lines) and _is_tabbed(lines[end]):
        end += 1
    if end == place:
        return place
    cells = [_cells(line, _TABS) for line in lines[place:end]]
    if end == place + 1 and not is_short([lines[place].text[a:b] for a, b in cells[0]]):
        return place
    _write(lines[place:end], cells, out)
    return end


def read_aligned(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a table whose cells begin or end in the same columns, line by line."""
    if not _has_gap(lines[place]):
        return place
    end, row = place + 1, lines[place]
    while end < len(lines) and _goes_on(row, lines[end]):
        if lines[end].look == lines[end - 1].look == "rule":
            break
        row = lines[end] if _has_gap(lines[end]) else row
        end += 1
    rows = lines[place:end]
    if sum(line.look != "rule" for line in rows) < 2 and not _stands_alone(rows[0]):
        return place
    _write(rows, [_cells(line, _GAP) for line in rows], out)
    return end


def _stands_alone(line: TextLine) -> bool:
    """Tell a line of two or more things, far from each other, with nothing above or below."""
    cells = _ALONE_GAP.split(line.body)
    return line.look == "text" and line.first and line.last and len(cells) > 1 and is_short(cells)


def _write(lines: Sequence[TextLine], cells: Sequence[Cells], out: Writer) -> None:
    """Write the cells of a table; what is between them is furniture.

    The first row, if a rule follows it, is of headings: line 0. A row without a first cell goes on
    with the row before.
    """
    group = out.new_group()
    row = seen = 0
    for place, line in enumerate(lines):
        if line.look == "rule":
            out.add_furniture([line])
            continue
        heads = not seen and place + 1 < len(lines) and lines[place + 1].look == "rule"
        goes_on = row and _first_is_empty(line, cells[place], lines[0].indent)
        row += not heads and not goes_on
        seen += 1
        gap = line.start
        for start, end in cells[place]:
            if line.text[start:end].strip():
                out.add(gap, line.start + start, "furniture")
                out.add(line.start + start, line.start + end, "row", group=group, line=row)
                gap = line.start + end
        out.add(gap, line.end, "furniture")


def _first_is_empty(line: TextLine, cells: Cells, indent: int) -> bool:
    if line.text[0] not in EDGES:
        return line.indent > indent + 1
    start, end = cells[1] if len(cells) > 1 else cells[0]
    return not line.text[start:end].strip()


def _cells(line: TextLine, edge: re.Pattern[str]) -> Cells:
    gaps = [found.span() for found in edge.finditer(line.text)]
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(line.text)]
    return list(zip(starts, ends, strict=True))


def _is_tabbed(line: TextLine) -> bool:
    return line.look in ("text", "number") and "\t" in line.body


def _has_gap(line: TextLine) -> bool:
    """Tell whether a line may be a row; bullets are not, and what a number begins may be."""
    if line.look not in ("text", "rule", "number"):
        return False
    return ("  " in line.body or "\t" in line.body) and bool(_GAP.search(line.body))


def _goes_on(row: TextLine, line: TextLine) -> bool:
    """Tell whether a line belongs to the table of a row: its cells are in the same columns."""
    if line.look == "rule":
        return True
    if not _has_gap(line):
        starts = {start for start, _ in _columns(row, _GAP)}
        return line.look == "text" and line.indent > row.indent + 1 and line.indent in starts
    wide = [list(_columns(each, _WIDE_GAP)) for each in (row, line)]
    if all(len(columns) > 1 for columns in wide) and _share_a_column(*wide):
        return True
    close = [list(_columns(each, _GAP)) for each in (row, line)]
    return len(close[0]) == len(close[1]) and all(
        one[0] == other[0] for one, other in zip(*close, strict=True)
    )


def _share_a_column(ones: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    """Tell whether cells beside the first begin in one column, or end in one."""
    begun = {start for start, _ in ones[1:]} & {start for start, _ in others[1:]}
    return bool(begun or {end for _, end in ones[1:]} & {end for _, end in others[1:]})


def _columns(line: TextLine, gap: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the columns in which the cells of a line begin and end."""
    column, place = line.indent, 0
    for start, end in _cells(line, gap):
        column += _width(line.text[place:start], column)
        begin = column
        column += _width(line.text[start:end], column)
        place = end
        yield begin, column


def _width(text: str, column: int) -> int:
    return len(f"{' ' * (column % TAB)}{text}".expandtabs(TAB)) - column % TAB
