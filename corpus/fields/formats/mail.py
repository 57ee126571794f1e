"""One mail: its subject, its date, and what is written in it, as text or else as HTML.

From, To and Cc are no prose. Their names stand at the end, under the line of a signature, where the
text does not give them itself; addresses are left out. Attachments are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Final

from corpus.fields.formats.formatted import BlockText, FormatRejected, Formatted, one_line
from corpus.fields.formats.html import add_markup
from corpus.fields.texts import clean_text, is_blank

_OF_MAILS: Final = ("From", "To", "Subject", "Date", "Received", "Message-ID")
_CORRESPONDENTS: Final = ("From", "To", "Cc")
_ALTERNATIVE = "multipart/alternative"
SIGNATURE = "-- "


class _Policy(EmailPolicy):
    """Reads headers that are UTF-8 as they stand, as many programs write them (RFC 6532)."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        lines = [line.encode(errors="surrogateescape") for line in sourcelines]
        return super().header_source_parse([line.decode(errors="replace") for line in lines])


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that a person wrote."""

    text: str
    is_html: bool

    @property
    def shown(self) -> str:
        """What is seen of it."""
        return _html_text(self.text).text if self.is_html else self.text


def read_mail(data: bytes) -> Formatted:
    """Return the document of a mail.

    Raises:
        FormatRejected: it has none of the headers of a mail.
    """
    message = BytesParser(policy=_Policy()).parsebytes(data)
    assert isinstance(message, EmailMessage)
    if not any(map(message.__contains__, _OF_MAILS)):
        raise FormatRejected("is no mail: it begins with no header such as 'From:'")
    parts, attachments = _read(message)
    names = _correspondents(message)
    if any(part.is_html for part in parts):
        found = BlockText()
        for part in parts:
            _add(found, part)
        if found.blocks:
            signed = _signed(names, found.text)
            found.add(signed.removeprefix(SIGNATURE), "signature")
        text, blocks = found.text, tuple(found.blocks)
    else:
        text, blocks = clean_text("\n\n".join(part.text.strip() for part in parts)), ()
        if not is_blank(text):
            text = f"{text}\n\n{_signed(names, text)}".strip()
    return Formatted(
        text=text,
        blocks=blocks,
        title=one_line(_header(message, "Subject")),
        updated_at=_date(message),
        attachments=attachments,
    )


def _read(part: EmailMessage) -> tuple[list[_Part], int]:
    """Return what a part of a mail says, and how many of its files are not read."""
    if part.get_content_type() == _ALTERNATIVE:
        choices = [_read(each) for each in _inner(part)]
        return min(choices, key=_worth) if choices else ([], 0)
    if part.get_content_maintype() == "multipart":
        read = [_read(each) for each in _inner(part)]
        return [each for parts, _ in read for each in parts], sum(number for _, number in read)
    is_html = part.get_content_type() == "text/html"
    if part.get_content_disposition() == "attachment" or (
        not is_html and part.get_content_type() != "text/plain"
    ):
        return [], 1
    return [_Part(_decoded(part), is_html)], 0


def _worth(choice: tuple[list[_Part], int]) -> int:
    """Return the place of an alternative: plain text, then HTML, then what shows nothing."""
    parts, _ = choice
    if all(is_blank(part.shown) for part in parts):
        return 2
    return 1 if any(part.is_html for part in parts) else 0


def _inner(part: EmailMessage) -> Iterator[EmailMessage]:
    payload = part.get_payload()
    for each in payload if isinstance(payload, list) else []:
        if isinstance(each, EmailMessage):
            yield each


def _decoded(part: EmailMessage) -> str:
    """Return a part's text in its charset; what cannot be read of it shows as U+FFFD."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        text = data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):
        text = data.decode(errors="replace")
    return text.replace("\r\n", "\n")


def _html_text(text: str) -> BlockText:
    found = BlockText()
    add_markup(found, text)
    return found


def _add(found: BlockText, part: _Part) -> None:
    if part.is_html:
        add_markup(found, part.text)
        return
    for paragraph in part.text.split("\n\n"):
        found.add(paragraph, "paragraph")


def _signed(names: dict[str, list[str]], text: str) -> str:
    """Return the correspondents that a text does not name, as a signature."""
    lines = []
    for header, found in names.items():
        missing = [name for name in found if name not in text]
        if missing:
            lines.append(f"{header}: {'; '.join(missing)}")
    return "\n".join([SIGNATURE, *lines]) if lines else ""


def _correspondents(message: EmailMessage) -> dict[str, list[str]]:
    return {
        header: list(dict.fromkeys(filter(None, map(one_line, _names(message, header)))))
        for header in _CORRESPONDENTS
    }


def _names(message: EmailMessage, header: str) -> list[str]:
    try:
        addresses = message[header].addresses
    except Exception:  # the parser fails in many ways at broken headers: as good as not there
        return []
    return [clean_text(each.display_name) for each in addresses if "@" not in each.display_name]


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except Exception:  # as above
        return ""


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
