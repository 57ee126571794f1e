"""Markdown (CommonMark with tables and struck text): HTML in short, so it is read as HTML."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from markdown_it import MarkdownIt

from corpus.fields.formats.formatted import FormatRejected, Formatted, first_time, one_line
from corpus.fields.formats.front_matter import split_front_matter
from corpus.fields.formats.html import read_markup

_DEEPEST = 100
"""Quotes and lists in each other; what is nested deeper is left out."""
_DATES: Final = ("updated", "updated_at", "lastmod", "modified", "last_modified_at", "date")


def read_markdown(data: bytes) -> Formatted:
    """Return the document of a Markdown file.

    Raises:
        FormatRejected: it is not UTF-8.
    """
    try:
        return read_markdown_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatRejected(f"is not UTF-8 at byte {error.start + 1}: save it as UTF-8") from None


def read_markdown_text(text: str) -> Formatted:
    """Return the document of Markdown, which may have front matter in YAML."""
    values, text = split_front_matter(text)
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    found = read_markup(parser.render(text))
    return replace(
        found,
        title=one_line(values.get("title", "")) or found.title,
        updated_at=first_time(values, _DATES),
    )
