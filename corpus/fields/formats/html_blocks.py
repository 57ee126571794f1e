"""The elements of a page, in the order of its text, as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from selectolax.lexbor import LexborNode

from corpus.fields.formats.formatted import BlockText, one_line
from corpus.fields.formats.html_elements import (
    BLOCKS,
    is_code,
    is_heading_row,
    is_layout,
    is_left_out,
)
from extractor.schema import BlockKind

WRAPPED_FROM = 60
"""Characters of a line from which a `<br>` after it wraps it; after a shorter one it ends it."""

_KINDS: Final[dict[str, BlockKind]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("caption", "figcaption"), "caption"),
    "blockquote": "quote",
}
_ITEMS = ("dd", "dt", "li")
_LISTS = ("dl", "menu", "ol", "ul")
_PARTS = frozenset(("article", "aside", "main", "section"))
"""Elements whose footers belong to them, not to the page."""
_SIGNATURES = frozenset(("gmail_signature", "moz-signature"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the text of an element stands."""

    kind: BlockKind = "paragraph"
    group: int = 0
    line: int = 0
    in_table: bool = False
    in_row: bool = False
    in_part: bool = False
    verbatim: bool = False


class BlockWalk:
    """Goes through a page's elements, without recursion, as pages may be nested at will."""

    def __init__(self, found: BlockText) -> None:
        self._found = found
        self._places = [_Place()]
        self._text: list[str] = []
        self._line = 0
        """Characters since the last break."""
        self._groups = count(1 + max((block.group for block in found.blocks), default=0))
        self._lines = count(1)
        self._terms: dict[int, int] = {}
        """Group of a `<dl>` -> the item of its last term: a term and what it means are one item."""

    def read(self, root: LexborNode) -> None:
        """Add all blocks below an element."""
        for node, entered in _walk(root):
            tag = node.tag or ""
            if node.is_text_node:
                self._add(node.text_content or "")
            elif tag == "br" and entered:
                self._break()
            elif tag in BLOCKS:
                self._end_block()
                if entered:
                    self._places.append(self._place(node, tag))
                else:
                    self._places.pop()
        self._end_block()

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._line += len(text)

    def _break(self) -> None:
        place = self._places[-1]
        if place.verbatim:
            self._add("\n")
        elif place.kind in ("row", "heading", "caption") or self._line >= WRAPPED_FROM:
            self._text.append(" ")
            self._line = 0
        else:
            self._end_block()

    def _end_block(self) -> None:
        place, text = self._places[-1], "".join(self._text)
        self._text.clear()
        self._line = 0
        texts = [text] if place.kind == "code" else text.split("\n\n") if place.verbatim else [text]
        for each in texts:
            shown = each if place.verbatim else one_line(each)
            self._found.add(shown, place.kind, group=place.group, line=place.line)

    def _place(self, node: LexborNode, tag: str) -> _Place:
        here = self._places[-1]
        if tag == "table":
            is_table = not here.in_table and not is_layout(node)
            return replace(here, group=next(self._groups), in_table=True) if is_table else here
        if tag == "tr" and here.in_table:
            # The cells of a heading row go with every row.
            return replace(here, line=0 if is_heading_row(node) else next(self._lines), in_row=True)
        if tag in ("td", "th"):
            return replace(here, kind="row") if here.in_row else here
        if tag == "caption":
            return _Place(kind="caption")
        if here.kind == "row":
            return here
        if tag in _LISTS:
            return replace(here, group=next(self._groups))
        if tag == "pre":
            return replace(here, kind="code" if is_code(node) else here.kind, verbatim=True)
        if tag == "footer" and not here.in_part:
            return replace(here, kind="furniture")
        if _SIGNATURES & set((node.attributes.get("class") or "").split()):
            return replace(here, kind="signature", group=0, line=0)
        return self._of_kind(here, tag)

    def _of_kind(self, here: _Place, tag: str) -> _Place:
        """Return the place of an element whose tag says what it is; of others, that around it."""
        if tag in _ITEMS:
            return self._item(here, tag)
        kind = _KINDS.get(tag, here.kind)
        if kind in ("heading", "caption", "quote") and kind != here.kind:
            return replace(here, kind=kind, group=0, line=0)
        return replace(here, kind=kind, in_part=here.in_part or tag in _PARTS)

    def _item(self, here: _Place, tag: str) -> _Place:
        group = here.group or next(self._groups)
        line = self._terms.get(group) if tag == "dd" else None
        item = replace(here, kind="item", group=group, line=line or next(self._lines))
        if tag == "dt":
            self._terms[group] = item.line
        return item


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each node that is seen where it begins, and an element again where it ends."""
    inside: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None:
        if node.is_text_node or (node.is_element_node and not is_left_out(node)):
            yield node, True
            if node.first_child is not None:
                inside.append(node)
                node = node.first_child
                continue
            if node.is_element_node:
                yield node, False
        while inside and node.next is None:
            node = inside.pop()
            yield node, False
        node = node.next if inside else None
