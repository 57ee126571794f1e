"""Word (.docx): headings, paragraphs, lists and tables in their order, as they look when printed.

Tracked changes count as accepted: what was inserted is read, what was deleted is not. Left out are
headers, footers, footnotes, comments and text boxes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import count
from typing import Final

from docx import Document as open_document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from corpus.fields.formats.formatted import BlockText, FormatRejected, Formatted, one_line
from extractor.schema import BlockKind

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_PARTS = 10_000
_UNREAD: Final = frozenset(map(qn, ("w:del", "w:moveFrom", "w:txbxContent"))) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_SIGNS: Final = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT: Final = qn("w:t")
_KINDS: Final[tuple[tuple[str, BlockKind], ...]] = (
    ("Heading", "heading"),
    ("Title", "heading"),
    ("Subtitle", "heading"),
    ("List", "item"),
    ("Caption", "caption"),
    ("Quote", "quote"),
    ("Intense Quote", "quote"),
)
"""Beginnings of the names of styles, which Word keeps in English."""


def read_word(data: bytes) -> Formatted:
    """Return the document of a .docx file.

    Raises:
        FormatRejected: it unpacks to too much.
    """
    _check_size(data)
    document = open_document(io.BytesIO(data))
    found, reading = BlockText(), _Reading()
    reading.add(found, document)
    about = document.core_properties
    changed = about.modified or about.created
    return Formatted(
        text=found.text,
        blocks=tuple(found.blocks),
        title=one_line(about.title or ""),
        updated_at=changed.isoformat() if changed else "",
    )


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FormatRejected(
            f"unpacks to over {MAX_UNPACKED_BYTES} bytes or {MAX_PARTS} parts: save it without "
            "its pictures"
        )


class _Reading:
    """Numbers lists and tables while their blocks are added."""

    def __init__(self) -> None:
        self._groups = count(1)
        self._lines = count(1)
        self._list = 0
        """Group of the list that the last paragraph was in; 0: none."""

    def add(self, found: BlockText, inside: WordDocument | _Cell) -> None:
        """Add what stands in a document, tables in cells as they come."""
        for each in inside.iter_inner_content():
            if isinstance(each, Table):
                self._list = 0
                self._add_table(found, each)
            else:
                self._add_paragraph(found, each)

    def _add_paragraph(self, found: BlockText, paragraph: Paragraph) -> None:
        kind = _kind(paragraph)
        if kind != "item":
            self._list = 0
            found.add(_text(paragraph), kind)
            return
        self._list = self._list or next(self._groups)
        found.add(_text(paragraph), kind, group=self._list, line=next(self._lines))

    def _add_table(self, found: BlockText, table: Table) -> None:
        group = next(self._groups)
        for row in table.rows:
            line = next(self._lines)
            for text in _cells(row.cells):
                found.add(text, "row", group=group, line=line)


def _cells(cells: tuple[_Cell, ...]) -> Iterator[str]:
    """Yield the texts of a row; a cell that spans columns comes once."""
    last: object = None
    for cell in cells:
        if cell._tc is not last:
            paragraphs = cell._tc.iter(qn("w:p"))
            yield one_line(" ".join(_text_of(each) for each in paragraphs))
        last = cell._tc


def _kind(paragraph: Paragraph) -> BlockKind:
    properties = paragraph._p.pPr
    if properties is not None and properties.numPr is not None:
        return "item"
    style = (paragraph.style.name if paragraph.style is not None else None) or ""
    return next((kind for start, kind in _KINDS if style.startswith(start)), "paragraph")


def _text(paragraph: Paragraph) -> str:
    lines = _text_of(paragraph._p).split("\n")
    return "\n".join(map(one_line, lines))


def _text_of(paragraph: BaseOxmlElement) -> str:
    """Return the text of a paragraph: of its runs, links and insertions."""
    parts: list[str] = []
    waiting = [iter(paragraph)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == _TEXT:
            parts.append(element.text or "")
        elif element.tag in _SIGNS:
            parts.append(_SIGNS[element.tag])
        elif element.tag not in _UNREAD:
            waiting.append(iter(element))
    return "".join(parts)
