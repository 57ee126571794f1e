"""Pages of lines -> blocks. Pure.

What stands at the edge of page after page is furniture. A sentence that runs over the end of a page
belongs to the page on which it begins, so that each block is on one page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import count, takewhile

from corpus.fields.formats.formatted import BlockText, one_line
from corpus.fields.formats.pdf_lines import PageLine
from corpus.fields.formats.pdf_paragraphs import STOPS, Measures, Paragraph, paragraphs_of
from extractor.schema import BlockKind

EDGE_LINES = 2
"""Lines at the top of a page, and at its bottom, that may be its header or footer."""
_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]?[^\W\d_a-z])")
_WORD = re.compile(r"\w+(?:-\w+)*")
_FIRST_WORD, _LAST_WORD = re.compile(r"\w+"), re.compile(r"\w+\Z")


@dataclass(slots=True)
class _Piece:
    """A block before its place in the text is known."""

    kind: BlockKind
    text: str
    page: int


def page_blocks(pages: Sequence[Sequence[PageLine]]) -> BlockText:
    """Return the blocks of a document's pages, at least one of which holds a line."""
    repeated, measures = _repeated(pages), Measures.of(pages)
    words = {word for page in pages for line in page for word in _WORD.findall(line.text)}
    pieces: list[_Piece] = []
    body: _Piece | None = None
    for number, lines in enumerate(pages, start=1):
        page = list(_pieces(lines, number, repeated, measures, words))
        first = next((piece for piece in page if piece.kind != "furniture"), None)
        if body and first and _runs_on(body, first):
            _carry_over(body, first)
        pieces += page
        body = next((each for each in reversed(page) if each.kind != "furniture"), body)
    return _numbered(pieces)


def _numbered(pieces: Sequence[_Piece]) -> BlockText:
    """Return pieces as blocks; items that follow each other are of one list."""
    found, groups, lines = BlockText(), count(1), count(1)
    group = 0
    for piece in pieces:
        is_item = piece.kind == "item"
        group = (group or next(groups)) if is_item else 0
        line = next(lines) if is_item else 0
        found.add(piece.text, piece.kind, group=group, line=line, page=piece.page)
    return found


def _pieces(
    lines: Sequence[PageLine], number: int, repeated: Set[str], measures: Measures, words: Set[str]
) -> Iterator[_Piece]:
    top, bottom = (
        list(takewhile(lambda line: _is_furniture(line, number, repeated), edge))
        for edge in _edges(lines)
    )
    left_out = {id(line) for line in (*top, *bottom)}
    yield from (_Piece("furniture", line.text, number) for line in top)
    kept = [line for line in lines if id(line) not in left_out]
    for each in paragraphs_of(kept, measures, number):
        yield _Piece(each.kind, _joined(each, words), number)
    yield from (_Piece("furniture", line.text, number) for line in reversed(bottom))


def _edges(lines: Sequence[PageLine]) -> tuple[list[PageLine], list[PageLine]]:
    """Return the lines at the top and at the bottom of a page, the outermost first."""
    by_place = sorted(lines, key=lambda line: -line.top)
    return by_place[:EDGE_LINES], by_place[EDGE_LINES:][: -EDGE_LINES - 1 : -1]


def _repeated(pages: Sequence[Sequence[PageLine]]) -> frozenset[str]:
    """Return the lines that are at the edges of several pages, but for their numbers."""
    seen = Counter(key for page in pages for key in _edge_keys(page))
    needed = max(2, min(len(pages), 3))
    return frozenset(key for key, pages_with in seen.items() if pages_with >= needed)


def _edge_keys(lines: Sequence[PageLine]) -> set[str]:
    return {_key(line) for edge in _edges(lines) for line in edge}


def _key(line: PageLine) -> str:
    return _NUMBER.sub("0", line.text.casefold())


def _is_furniture(line: PageLine, number: int, repeated: Set[str]) -> bool:
    return _key(line) in repeated or line.text.strip("-–— ") == str(number)


def _joined(paragraph: Paragraph, words: Set[str]) -> str:
    """Return a paragraph's text, words that its lines break in one."""
    text, hyphenated = "", False
    for line in paragraph.lines:
        if not hyphenated:
            text += f" {line.text}"
        else:
            text += f"-{line.text}" if _keeps_hyphen(text, line.text, words) else line.text
        hyphenated = line.hyphenated
    return one_line(text) + ("-" if hyphenated else "")


def _keeps_hyphen(before: str, after: str, words: Set[str]) -> bool:
    """Tell whether a hyphen at the end of a line is one in the middle of it, too."""
    first, last = _LAST_WORD.search(before[-80:]), _FIRST_WORD.match(after)
    if not first or not last or not last[0][0].islower():
        return True
    return f"{first[0]}-{last[0]}" in words and first[0] + last[0] not in words


def _runs_on(body: _Piece, first: _Piece) -> bool:
    return (
        body.kind in ("paragraph", "item")
        and first.kind == "paragraph"
        and not body.text.endswith(STOPS)
        and (first.text[0].islower() or len(body.text) > 3 * EDGE_LINES * 20)
    )


def _carry_over(body: _Piece, first: _Piece) -> None:
    """Move the end of a sentence to its beginning on the page before."""
    end = _SENTENCE_END.search(first.text)
    moved = first.text[: end.end()] if end else first.text
    if body.text.endswith("-") and moved[0].islower():
        body.text = body.text[:-1] + moved
    else:
        body.text += f" {moved}"
    first.text = first.text[len(moved) :]
