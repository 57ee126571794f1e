"""PDF: the text of its pages, in the order in which the file draws it.

`pdf_lines.py` reads the lines of a page with their places, `pdf_blocks.py` makes blocks of them.
"""

from __future__ import annotations

import re
from typing import Final

import pypdfium2

from corpus.fields.formats.formatted import FormatRejected, Formatted, one_line
from corpus.fields.formats.pdf_blocks import page_blocks
from corpus.fields.formats.pdf_lines import page_lines

MAX_PAGES = 5_000
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-]\d\d)'?(\d\d)?|Z)?.*")
_FROM_PROGRAMS: Final = re.compile(r"Microsoft (?:Word|PowerPoint|Excel) - |untitled\b", re.I)
_ENCRYPTED: Final = ("password", "security")


def read_pdf(data: bytes) -> Formatted:
    """Return the document of a PDF.

    Raises:
        FormatRejected: it is encrypted, has too many pages, or none of its pages holds text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if any(word in str(error).lower() for word in _ENCRYPTED):
            raise FormatRejected("is encrypted: save it without its password") from None
        raise FormatRejected(f"is no PDF that can be read ({error}): save it anew") from None
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> Formatted:
    if len(document) > MAX_PAGES:
        raise FormatRejected(f"has {len(document)} pages, over {MAX_PAGES}: split it")
    pages = [page_lines(document, number) for number in range(len(document))]
    if not any(pages):
        raise FormatRejected("has no text, only pictures of it: run OCR over it first")
    found = page_blocks(pages)
    about = document.get_metadata_dict()
    return Formatted(
        text=found.text,
        blocks=tuple(found.blocks),
        title=one_line(_FROM_PROGRAMS.sub("", about.get("Title", ""))),
        updated_at=iso_time(about.get("ModDate", "")) or iso_time(about.get("CreationDate", "")),
    )


def iso_time(written: str) -> str:
    """Return a date as PDF writes it, "D:20240131235959+01'00'", as ISO 8601; else nothing."""
    found = _DATE.fullmatch(written.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second, zone, zone_minutes = found.groups()
    date = f"{year}-{month or '01'}-{day or '01'}"
    time = f"{hour or '00'}:{minute or '00'}:{second or '00'}"
    return f"{date}T{time}" + (f"{zone}:{zone_minutes or '00'}" if zone else "+00:00")
