"""HTML: what a reader of the page sees of its text, block by block.

Left out are scripts, styles, forms' controls, what is hidden or struck out, and navigation where
the page calls it so. The footer of a page is furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.fields.formats.formatted import (
    BlockText,
    FormatRejected,
    Formatted,
    first_time,
    one_line,
)
from corpus.fields.formats.html_blocks import BlockWalk

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.I)
_LOOKED_AT = 4096
"""Bytes at the beginning of a file in which it declares its charset."""
_AS_IN_BROWSERS: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DATES: Final = (
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "datemodified",
    "last-modified",
    "article:published_time",
    "datepublished",
    "dcterms.date",
    "dcterms.created",
    "dc.date",
    "date",
)
"""Names of `<meta>` that date a page, what changed it last first."""


def read_html(data: bytes) -> Formatted:
    """Return the document of an HTML file, in the charset that it declares, else in UTF-8.

    Raises:
        FormatRejected: it is in no charset that it says.
    """
    return read_markup(_decoded(data))


def read_markup(text: str) -> Formatted:
    """Return the document of HTML, a whole page or a part of one."""
    found = BlockText()
    tree = add_markup(found, text)
    return Formatted(
        text=found.text,
        blocks=tuple(found.blocks),
        title=_title(tree),
        updated_at=_date(tree),
    )


def add_markup(found: BlockText, text: str) -> LexborHTMLParser:
    """Add the blocks of HTML to those that there are, and return its elements."""
    tree = LexborHTMLParser(text)
    if tree.root is not None:
        BlockWalk(found).read(tree.root)
    return tree


def _decoded(data: bytes) -> str:
    for mark, charset in _MARKS.items():
        if data.startswith(mark):
            return _in_charset(data[len(mark) :], charset)
    declared = _CHARSET.search(data[:_LOOKED_AT])
    name = declared[1].decode().lower() if declared else "utf-8"
    return _in_charset(data, _AS_IN_BROWSERS.get(name, name))


def _in_charset(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except LookupError:
        raise FormatRejected(f"declares the charset {charset!r}, which is unknown") from None
    except UnicodeError as error:
        place = f" at byte {error.start + 1}" if isinstance(error, UnicodeDecodeError) else ""
        raise FormatRejected(
            f"is not {charset.upper()}{place}: declare its charset, or save it as UTF-8"
        ) from None


def _title(tree: LexborHTMLParser) -> str:
    titles = [content for name, content in _metadata(tree) if name == "og:title"]
    titles += [node.text() for each in ("title", "h1") if (node := tree.css_first(each))]
    return next(filter(None, map(one_line, titles)), "")


def _date(tree: LexborHTMLParser) -> str:
    dates = dict(reversed(list(_metadata(tree))))
    return first_time(dates, _DATES)


def _metadata(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css("meta"):
        about = _attributes(node)
        name = about.get("property") or about.get("name") or about.get("itemprop") or ""
        yield name.lower() or about.get("http-equiv", "").lower(), about.get("content", "").strip()


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}
