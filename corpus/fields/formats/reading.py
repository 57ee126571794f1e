"""Bytes in a format -> its document, or a refusal that says what to do; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from corpus.fields.formats.formatted import FormatRejected, Formatted
from corpus.fields.formats.html import read_html
from corpus.fields.formats.mail import read_mail
from corpus.fields.formats.markdown import read_markdown
from corpus.fields.formats.pdf import read_pdf
from corpus.fields.formats.word import read_word

READERS: Final[dict[str, Callable[[bytes], Formatted]]] = {
    ".docx": read_word,
    ".eml": read_mail,
    ".htm": read_html,
    ".html": read_html,
    ".markdown": read_markdown,
    ".md": read_markdown,
    ".pdf": read_pdf,
}
_CALLED: Final = {".docx": "Word document", ".eml": "mail", ".pdf": "PDF"}
_SIGNS: Final = {b"%PDF-": ".pdf", b"PK\x03\x04": ".docx"}
"""First bytes of a kind of file, by which one with another suffix is known."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_format(data: bytes, suffix: str) -> Formatted:
    """Return the document that the bytes of a file hold; without a text, where there is none.

    Raises:
        FormatRejected: they are not in the format, are locked, or hold only pictures of text.
    """
    if not data:
        return Formatted(text="")
    _check_sign(data, suffix)
    try:
        return READERS[suffix](data)
    except FormatRejected:
        raise
    except Exception as error:  # whatever a library says of bytes that nobody has checked
        kind, reason = _CALLED.get(suffix, "text"), type(error).__name__
        raise FormatRejected(f"is no {kind} that can be read ({reason}): save it anew") from error


def _check_sign(data: bytes, suffix: str) -> None:
    if suffix in (".docx", ".pdf") and data.startswith(_OLD_OFFICE):
        raise FormatRejected("is encrypted, or of an old Word: save it as .docx without a password")
    for sign, known in _SIGNS.items():
        if data.startswith(sign) and suffix != known:
            raise FormatRejected(f"begins as a {known} file does: correct its suffix")
