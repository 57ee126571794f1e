"""The lines of a PDF's page, with their places on it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from corpus.fields.texts import is_blank

MAX_PAGE_CHARACTERS = 200_000
"""Of a page; what it has more is no text that a person reads."""
_HYPHENS = ("\ufffe", "\x02", "\xad")
"""What stands for a hyphen at the end of a line, after which a word goes on."""
_BROKEN = re.compile(r"[^\W\d_]-")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """A line of text on a page; lengths are in points, from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    hyphenated: bool = False
    """Whether its last word goes on in the next line; the hyphen is not in the text."""

    @property
    def height(self) -> float:
        """Of its letters, as their font has it."""
        return self.top - self.bottom


def page_lines(document: pypdfium2.PdfDocument, number: int) -> list[PageLine]:
    """Return the lines of a page, counted from 0, that are not blank."""
    page = document[number]
    text_page = page.get_textpage()
    try:
        return [line for each in _stretches(text_page) if (line := _line(text_page, *each))]
    finally:
        text_page.close()
        page.close()


def _stretches(page: pypdfium2.PdfTextPage) -> Iterator[tuple[str, list[int]]]:
    """Yield the characters of each line with their numbers on the page."""
    text, numbers = "", list[int]()
    for number in range(min(page.count_chars(), MAX_PAGE_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(page, number)
        character = chr(code) if code < 0x110000 else "\ufffd"
        if character in "\r\n":
            yield text, numbers
            text, numbers = "", []
            continue
        text += character
        numbers.append(number)
        if character in _HYPHENS[:2]:
            yield text, numbers
            text, numbers = "", []
    yield text, numbers


def _line(page: pypdfium2.PdfTextPage, text: str, numbers: list[int]) -> PageLine | None:
    if is_blank(text):
        return None
    shown = [number for number, each in zip(numbers, text, strict=True) if not each.isspace()]
    text = text.rstrip()
    hyphenated = text.endswith(_HYPHENS) or bool(_BROKEN.fullmatch(text[-2:]))
    left, right = _box(page, shown[0])[0], _box(page, shown[-1])[2]
    _, bottom, _, top = _box(page, shown[len(shown) // 2])  # the first one may be a bullet
    kept = text[:-1] if hyphenated else text
    return PageLine(
        text=kept.replace("\xad", "").strip(),
        left=left,
        right=right,
        bottom=bottom,
        top=top,
        hyphenated=hyphenated,
    )


def _box(page: pypdfium2.PdfTextPage, number: int) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a character, as its font has them."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page, number, ctypes.byref(box)):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, box.bottom, box.right, box.top
