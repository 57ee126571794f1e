"""Text -> lines, each with what it looks like by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Look = Literal[
    "blank",
    "rule",
    "fence",
    "page",
    "stamp",
    "reference",
    "header",
    "quote",
    "pipes",
    "bullet",
    "number",
    "hashes",
    "text",
]

TAB = 4
"""Columns of a tab."""
WIDEST = 120
"""Characters of the longest line that a person or a program wraps a paragraph to."""
UNWRAPPED = 1 / 3
"""Share of wider lines from which a run of lines is not wrapped at all."""
LONGEST_CELL = 60
"""Characters of a cell, on average, where a single line is taken for a row."""

EDGES = "|│┃║¦"
"""Characters that part the cells of a row."""
_EDGE = re.compile(rf"[{EDGES}]")
_SPACED_EDGE = re.compile(rf"(?<=\s)[{EDGES}](?=\s)")
_READABLE = re.compile(r"[^\W_]")
_FENCE = re.compile(r"(?:`{3,}[^`]*|~{3,}[^~]*)\Z")
_PAGE = re.compile(
    r"[\W_]*(?:(?:page|pg\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*(?:of|/)\s*\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—]|\d{1,3})[\W_]*\Z",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_STAMP = re.compile(
    rf"\[?\d{{4}}[-/]\d\d[-/]\d\d[T ,]\s?{_CLOCK}{_ZONE}\]?(?=[\s:,]|\Z)"  # 2026-01-31 09:12:44
    rf"|\[?\d\d/[A-Z][a-z]{{2}}/\d{{4}}:{_CLOCK}{_ZONE}\]?"  # of a web server
    rf"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?=\s)"  # syslog
    rf"|\[{_CLOCK}\]|\({_CLOCK}\)|\d{{1,2}}:\d\d:\d\d(?:[.,]\d{{1,9}})?(?=\s|\Z)"
)
_ONLY_TIMES = re.compile(
    rf"[\W_]*(?:(?:\d+h )?\d+m(?:in)? \d+s(?:ec)?|{_CLOCK}(?:\s*(?:-->|-|–|to)\s*{_CLOCK})?)"
    r"[\W_]*\Z"
)
_REFERENCE = re.compile(r"\[[^\]\s]{1,40}\]:\s*<?(?:https?|ftp|mailto):\S+|<!--.*-->\Z")
_HEADER = re.compile(
    r"(?:From|To|Cc|Bcc|Sender|Reply-To|Subject|Date|Sent|Message-ID|In-Reply-To|References"
    r"|Received|Return-Path|Delivered-To|MIME-Version|Content-[A-Z][\w-]*|Importance|Precedence"
    r"|User-Agent|Organization|Attachments|Thread-\w+|List-\w+|DKIM-Signature|ARC-[\w-]+"
    r"|Authentication-Results|X-[\w-]+):(?:\s|\Z)",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"(?:>\s?)+")
_BULLET = re.compile(r"[-*+•‣▪▫◦∙●○■□·–—➢➤✓✔]\s+(?=\S)|[•‣▪▫◦●○■□➢➤✓✔](?=\w)")
_NUMBER = re.compile(
    r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+(?=\S)(?!\w\.)|\(?[A-Z]\)\s+(?=\S)"
    r"|[A-Z]\.(?:\t|\s\s)\s*(?=\S)"
)
_HASHES = re.compile(r"(?:#{1,6}|={2,6})\s+(?=\S)")


@dataclass(slots=True)
class TextLine:
    """One line of a text, without the blanks around it."""

    start: int
    """Of the first character that is not blank, in code points of the text."""
    end: int
    indent: int
    """Columns before it."""
    look: Look
    text: str
    mark: int = 0
    """Characters of the mark at its beginning: a bullet, a number, hashes, quotes, a stamp."""
    room: int = 0
    """Width that the lines around it are wrapped to; 0 where they are not."""
    first: bool = False
    """Whether a blank line, or nothing, is before it."""
    last: bool = False
    """Whether a blank line, or nothing, is after it."""

    @property
    def width(self) -> int:
        """Columns from the left edge to its end."""
        return self.indent + len(self.text)

    @property
    def body(self) -> str:
        """What follows the mark."""
        return self.text[self.mark :]


def read_lines(text: str) -> list[TextLine]:
    """Return the lines of a text, blank ones included."""
    lines = []
    start = 0
    for raw in text.splitlines(keepends=True):
        lines.append(_line(raw, start))
        start += len(raw)
    _look_around(lines)
    return lines


def _line(raw: str, start: int) -> TextLine:
    bare = raw.rstrip()
    body = bare.lstrip()
    before = bare[: len(bare) - len(body)]
    look, mark = _look(body)
    return TextLine(
        start=start + len(before),
        end=start + len(bare),
        indent=len(before.expandtabs(TAB)),
        look=look,
        text=body,
        mark=mark,
    )


def _look(text: str) -> tuple[Look, int]:
    """Return what a line without blanks around it looks like, and the length of its mark."""
    if not text:
        return "blank", 0
    if text[0] in "`~" and _FENCE.match(text):
        return "fence", 0
    if text[0] == ">" and (found := _QUOTE.match(text)):
        return "quote", found.end()
    if not _READABLE.search(text):
        return "rule", 0
    if _is_piped(text):
        return "pipes", 0
    return _look_of_first(text)


def _look_of_first(text: str) -> tuple[Look, int]:
    """Return what a line looks like by its first characters."""
    first = text[0]
    if first in "[<!" and _REFERENCE.match(text):
        return "reference", 0
    if len(text) < 30 and (_PAGE.match(text) or _ONLY_TIMES.match(text)):
        return "page", 0
    if first in "#=" and (found := _HASHES.match(text)):
        return "hashes", found.end()
    if found := _STAMP.match(text):
        return "stamp", found.end()
    if found := _BULLET.match(text):
        return "bullet", found.end()
    if found := _NUMBER.match(text):
        return "number", found.end()
    if ":" in text[:40] and _HEADER.match(text):
        return "header", 0
    return "text", 0


def _is_piped(text: str) -> bool:
    """Tell whether a line is a row whose cells are parted by edges."""
    if not any(edge in text for edge in EDGES):
        return False
    if text[0] in EDGES:
        return True
    return len(_SPACED_EDGE.findall(text)) >= 2 and is_short(_EDGE.split(text))


def is_short(cells: Sequence[str]) -> bool:
    """Tell whether cells are as short as those of a row, not stretches of prose."""
    return sum(len(cell.strip()) for cell in cells) <= LONGEST_CELL * len(cells)


def _look_around(lines: Sequence[TextLine]) -> None:
    """Tell each line whether it is the first or last of a run, and what width that has."""
    start = 0
    for place in range(len(lines) + 1):
        if place < len(lines) and lines[place].look != "blank":
            continue
        run = lines[start:place]
        start = place + 1
        if not run:
            continue
        run[0].first = run[-1].last = True
        narrow = [line.width for line in run if line.width <= WIDEST]
        room = max(narrow, default=0) if len(narrow) > (1 - UNWRAPPED) * len(run) else 0
        for line in run:
            line.room = room
