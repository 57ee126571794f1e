"""Paragraphs, headings, captions, quotes, signatures, and entries of logs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.schema import BlockKind
from extractor.text.blocks.furniture import is_surely_page
from extractor.text.blocks.lines import TextLine
from extractor.text.blocks.lists import begins_item
from extractor.text.blocks.wrapping import STOPS, is_full, wrapped
from extractor.text.blocks.writing import Writer

LONGEST_HEADING = 80
"""Characters."""
LONGEST_SIGNATURE = 15
"""Lines."""
_CAPTION = re.compile(
    r"(?:figure|fig\.?|table|plate|photo|image|chart|map|exhibit|box)\s*\d{1,3}[a-z]?\s*"
    r"[.:–—-]\s+\S|!\[[^\]]+\]\(",
    re.IGNORECASE,
)
_RUNNING = ("text", "bullet", "number", "header", "page")
"""What a line of running text may look like by itself."""
_COLUMNS = re.compile(r"\t|\S {3,}\S")


def read_quote(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read lines that quote an earlier mail; an empty one parts its paragraphs."""
    end = place
    while end < len(lines) and lines[end].look == "quote":
        end += 1
    stretch: list[TextLine] = []
    for line in lines[place:end]:
        if line.body and (not stretch or line.text[: line.mark] == stretch[-1].text[: line.mark]):
            stretch.append(line)
            continue
        _write_quote(stretch, out)
        stretch = [line] if line.body else []
        if not line.body:
            out.add_furniture([line])
    _write_quote(stretch, out)
    return end


def _write_quote(lines: Sequence[TextLine], out: Writer) -> None:
    if lines:
        for stretch in wrapped(lines):
            out.add_lines(stretch, "quote")


def read_signature(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read what follows '-- ' at the end of a mail, line by line."""
    if lines[place].text != "--":
        return place
    end = place + 1
    while end < len(lines) and lines[end].look not in ("blank", "quote"):
        end += 1
        if end - place > LONGEST_SIGNATURE:
            return place
    if end == place + 1:
        return place
    out.add_furniture([lines[place]])
    for line in lines[place + 1 : end]:
        out.add(line.start, line.end, "signature")
    return end


def read_entry(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a line of a log: its stamp is furniture."""
    if lines[place].look != "stamp":
        return place
    out.add_lines([lines[place]], "paragraph")
    return place + 1


def read_heading(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a heading that is marked: by hashes before it or by a rule below."""
    line = lines[place]
    if line.look != "hashes" and not (
        line.look == "text" and place + 1 < len(lines) and _underlines(lines[place + 1], line)
    ):
        return place
    out.add_lines([line], "heading")
    return place + 1


def _underlines(rule: TextLine, line: TextLine) -> bool:
    return (
        rule.look == "rule"
        and len(line.text) <= LONGEST_HEADING
        and len(set(rule.text)) == 1
        and rule.text[0] in "=-~^*_"
        and len(rule.text) >= 3
    )


def read_paragraph(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read running text up to a blank line or what is no running text; wrapped lines are one."""
    end = place + 1
    while end < len(lines) and _runs_on(lines[end - 1], lines[end]):
        end += 1
    run = lines[place:end]
    for stretch in wrapped(run):
        kind = _kind(stretch, alone=len(stretch) == len(run) and run[-1].last)
        out.add(stretch[0].start, stretch[-1].end, kind)
    return end


def _runs_on(before: TextLine, line: TextLine) -> bool:
    """Tell whether a line may belong to the running text of the one before it."""
    if line.look not in _RUNNING or begins_item(line, before):
        return False
    if line.look == "page":
        return not is_surely_page(line)
    parts = line.look == "header" or _CAPTION.match(line.text) or _COLUMNS.search(line.text)
    return not parts or is_full(before, line)


def _kind(stretch: Sequence[TextLine], *, alone: bool) -> BlockKind:
    text = stretch[0].text
    if _CAPTION.match(text):
        return "caption"
    short = len(stretch) == 1 and len(text) <= LONGEST_HEADING
    return "heading" if short and alone and not text.endswith((*STOPS, ",")) else "paragraph"
