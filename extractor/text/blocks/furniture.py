"""What is not read: front matter, headers of mails, code, rules, page numbers, stamps of logs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from extractor.text.blocks.lines import WIDEST, TextLine
from extractor.text.blocks.writing import Writer

MOST_FRONT_MATTER = 100
"""Lines of the longest front matter."""
_FRONT_FENCES = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
_FIELD = re.compile(r"[\w.\"'-]+(?: [\w.-]+){0,2}\s*[:=](?:\s|\Z)|[-#\]}]")
_NAME = re.compile(r"[\w-]+")
_NO_MAIL_ALONE = frozenset({"from", "to", "date", "organization", "importance", "attachments"})
"""Headers that a timetable or a memorandum of no mail may begin lines with, too."""
_FORWARDED = re.compile(
    r"-{2,}\s*(?:original|forwarded) message\b.*|begin forwarded message:?", re.IGNORECASE
)
_WROTE = re.compile(r"On\b.{6,250}\bwrote:", re.DOTALL)
_CODE = re.compile(
    r"\A(?:\$ |>>> |#!|#include\b|</?[a-z][\w-]*[ />]|(?:sudo|pip|npm|git|apt|make|cd) [\w.~/-]"
    r"|(?:def|class|function) \w+[(:]|import [\w.]+\Z)"
    r"|[{}]\Z|\)\s*[;{:]\Z|\w\(\)|[=!<>+-]=|->|=>|::|&&|\|\||\w = [\w\"'(\[{]"
)
CODE = 0.5
"""Share of lines that look like code from which an indented run of lines is code."""
_INDENTED = 4


def read_front_matter(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read the fields between two fences at the top of a text."""
    if out.blocks or lines[place].text not in _FRONT_FENCES:
        return place
    closing = _FRONT_FENCES[lines[place].text]
    for end in range(place + 1, min(place + MOST_FRONT_MATTER, len(lines))):
        line = lines[end]
        if line.text in closing:
            out.add_furniture(lines[place : end + 1])
            return end + 1
        if line.text and not line.indent and not _FIELD.match(line.text):
            return place
    return place


def read_headers(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read the headers of a mail, or of a part of one: two at least, with what they wrap to."""
    if not lines[place].first and not (out.blocks and out.blocks[-1].kind == "furniture"):
        return place
    names = set()
    end = place
    while end < len(lines):
        line = lines[end]
        if line.look == "header":
            names.add(line.text.partition(":")[0].lower())
        elif not (names and line.look != "blank" and line.indent > lines[place].indent):
            break
        end += 1
    if len(names) < 2 or names <= _NO_MAIL_ALONE:
        return place
    out.add_furniture(lines[place:end])
    return end


def bare_fences(lines: Sequence[TextLine]) -> Mapping[str, Sequence[int]]:
    """Return the places of the lines that may close a fence, by their character."""
    found: dict[str, list[int]] = {"`": [], "~": []}
    for place, line in enumerate(lines):
        if line.look == "fence" and len(set(line.text)) == 1:
            found[line.text[0]].append(place)
    return found


def read_code(
    lines: Sequence[TextLine], place: int, out: Writer, fences: Mapping[str, Sequence[int]]
) -> int:
    """Read code between fences, or that is indented after a blank line.

    Args:
        lines: of the text.
        place: of the first line.
        out: what is written to.
        fences: of `bare_fences`.
    """
    if lines[place].look == "fence":
        closing = fences[lines[place].text[0]]
        index = bisect_right(closing, place)
        end = closing[index] + 1 if index < len(closing) else place + 1
        out.add(lines[place].start, lines[end - 1].end, "code")
        return end
    if not lines[place].first or lines[place].indent < _INDENTED:
        return place
    end = place
    while end < len(lines) and lines[end].look != "blank" and lines[end].indent >= _INDENTED:
        end += 1
    if sum(_is_code(line) for line in lines[place:end]) < CODE * (end - place):
        return place
    out.add(lines[place].start, lines[end - 1].end, "code")
    return end


def is_surely_page(page: TextLine) -> bool:
    """Tell 'Page 3 of 12' and a time by itself from a bare number, which may be anything."""
    return not page.text.isdigit()


def _is_code(line: TextLine) -> bool:
    return len(line.text) <= WIDEST and bool(_CODE.search(line.text))


def read_furniture(lines: Sequence[TextLine], place: int, out: Writer) -> int:
    """Read a line that says nothing, or only where it is: a rule, a page number, a reference."""
    line = lines[place]
    paged = line.look == "page" and (is_surely_page(line) or (line.first and line.last))
    if line.look in ("rule", "reference") or paged or _FORWARDED.fullmatch(line.text):
        out.add_furniture([line])
        return place + 1
    for stretch in (lines[place : place + 1], lines[place : place + 2]):
        if _is_attribution(stretch):
            out.add_furniture(stretch)
            return place + len(stretch)
    return place


def _is_attribution(lines: Sequence[TextLine]) -> bool:
    """Tell the line, or two, above a quote of a mail: 'On Monday, Ada Lovelace wrote:'."""
    if not lines[0].text.startswith("On ") or not lines[-1].text.endswith("wrote:"):
        return False
    return bool(_WROTE.fullmatch("\n".join(line.text for line in lines)))
