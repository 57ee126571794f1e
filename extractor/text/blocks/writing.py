"""Collects the blocks of a text, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.schema import Block, BlockKind
from extractor.text.blocks.lines import TextLine


class Writer:
    """Blocks so far; each goes from the first to the last of its characters that is not blank."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self._groups = 0

    def new_group(self) -> int:
        """Return the number of a list or table that begins."""
        self._groups += 1
        return self._groups

    def add(self, start: int, end: int, kind: BlockKind, *, group: int = 0, line: int = 0) -> None:
        """Add a block without the blanks at its ends, if it has anything else."""
        stretch = self.text[start:end]
        start += len(stretch) - len(stretch.lstrip())
        end = start + len(stretch.strip())
        if start < end:
            block = Block(start=start, end=end, kind=kind, group=group, line=line)
            self.blocks.append(block)

    def add_lines(
        self, lines: Sequence[TextLine], kind: BlockKind, *, group: int = 0, line: int = 0
    ) -> None:
        """Add the lines as one block; the mark of the first is furniture."""
        start = lines[0].start + lines[0].mark
        self.add(lines[0].start, start, "furniture")
        self.add(start, lines[-1].end, kind, group=group, line=line)

    def add_furniture(self, lines: Sequence[TextLine]) -> None:
        """Add the lines, marks and all, as one block of furniture."""
        self.add(lines[0].start, lines[-1].end, "furniture")

    def ungroup(self, group: int, first: int) -> None:
        """Make paragraphs of the items of a list that is none, from its first block on."""
        for place in range(first, len(self.blocks)):
            block = self.blocks[place]
            if block.group == group:
                self.blocks[place] = replace(block, kind="paragraph", group=0, line=0)
