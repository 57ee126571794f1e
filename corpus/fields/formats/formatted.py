"""What every format is read into: the text that is stored, and its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from corpus.fields.texts import clean_text, is_blank
from extractor.schema import Block, BlockKind

MAX_CHARACTERS = 16 * 1024 * 1024
"""Of a text: about three million words."""
CELL_EDGE = " | "
SUFFIXES: Final = (".docx", ".eml", ".htm", ".html", ".markdown", ".md", ".pdf")
"""Of the files that are read, in small letters."""
_TIME = re.compile(r"\d{4}(?!\d)")


class FormatRejected(ValueError):
    """Bytes are not what their format asks for, or hold no text; the message says the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A text with what its format tells of it."""

    text: str
    blocks: tuple[Block, ...] = ()
    """Empty where the format shows none, as plain text does."""
    title: str = ""
    updated_at: str = ""
    """As the format tells it, in ISO 8601."""
    attachments: int = 0
    """Of a mail: files that are not read."""


@dataclass(slots=True)
class BlockText:
    """Blocks one after another, and the text that they make.

    An empty line stands between two blocks, a line break between items of a list and rows of a
    table, `CELL_EDGE` between the cells of a row.
    """

    blocks: list[Block] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    def add(
        self, text: str, kind: BlockKind, *, group: int = 0, line: int = 0, page: int = 0
    ) -> None:
        """Add a block, unless nothing of it can be seen.

        Raises:
            FormatRejected: the text gets longer than `MAX_CHARACTERS`.
        """
        text = clean_text(text).strip()
        if is_blank(text):
            return
        edge = self._edge(kind, group, line)
        start = self._length + len(edge)
        block = Block(
            start=start, end=start + len(text), kind=kind, group=group, line=line, page=page
        )
        if block.end > MAX_CHARACTERS:
            raise FormatRejected(f"has over {MAX_CHARACTERS} characters of text: split it")
        self._parts += [edge, text]
        self._length = block.end
        self.blocks.append(block)

    def text_of(self, block: Block) -> str:
        """Return a block's text."""
        return self.text[block.start : block.end]

    @property
    def text(self) -> str:
        """The text of all blocks."""
        return "".join(self._parts)

    def _edge(self, kind: BlockKind, group: int, line: int) -> str:
        if not self.blocks:
            return ""
        last = self.blocks[-1]
        if kind == last.kind == "item":
            return "\n"
        if kind != "row" or last.group != group:
            return "\n\n"
        return CELL_EDGE if last.line == line else "\n"


def first_time(values: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the first value of these names that begins as an ISO-8601 time does."""
    return next((values[name] for name in names if _TIME.match(values.get(name, ""))), "")


def one_line(text: str) -> str:
    """Return the text with single blanks for whatever separates its words."""
    return " ".join(text.split())
