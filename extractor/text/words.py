"""Text -> words with their shapes, and overlapping windows over their pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from extractor.schema import Block
from extractor.text.blocks import block_around
from extractor.text.capitals import as_in_prose
from extractor.text.pieces import EDGE, read_pieces, special_ids, window_starts, word_pieces

SHAPES = (
    "none",
    "lower",
    "capitalized",
    "capital",
    "capitals",
    "mixed",
    "one digit",
    "two digits",
    "three digits",
    "four digits",
    "more digits",
    "letters and digits",
    "uncased",
    "punctuation",
)
"""What an uncased vocabulary does not tell of a word; 'none' is that of special tokens."""
DIGITS = SHAPES.index("one digit")
MUTE = frozenset({SHAPES.index("none"), SHAPES.index("punctuation")})


@dataclass(frozen=True, slots=True, kw_only=True)
class WordWindow:
    """A stretch of a document's pieces as the tagger reads it, special tokens included."""

    input_ids: tuple[int, ...]
    shapes: tuple[int, ...]
    """Shape of each piece's word, by its index in `SHAPES`."""
    first_word: int
    """The first of the words that lie wholly inside; they follow each other."""
    begins: tuple[int, ...]
    """Position of the first piece of each of these words."""
    ends: tuple[int, ...]
    """Position of the last piece of each of these words."""

    @property
    def speaks(self) -> bool:
        """Whether any of its words has a letter or a digit."""
        return not MUTE.issuperset(self.shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A document's words, which are the tokenizer's own, and the windows over their pieces."""

    spans: tuple[tuple[int, int], ...]
    windows: tuple[WordWindow, ...]
    pieces: int
    """Word pieces that are read, those of blanks included."""
    stretches: tuple[int, ...] = ()
    """For each word which stretch of text it is in: a block, or a line of a quote. No mention
    crosses two. Empty: all are in one."""


def split_words(
    text: str,
    *,
    tokenizer: PreTrainedTokenizerBase,
    max_pieces: int,
    blocks: Sequence[Block] = (),
) -> Words:
    """Cut a text into words and overlapping windows that cover each of their pieces.

    Args:
        text: the text.
        tokenizer: a fast tokenizer.
        max_pieces: what the encoder can read, special tokens included.
        blocks: of the text; none says that it is one.
    """
    pieces = read_pieces(text, tokenizer, blocks) if blocks else word_pieces(text, tokenizer)
    spans: list[tuple[int, int]] = []
    firsts: list[int] = []
    lasts: list[int] = []
    word_of_piece: list[int] = []
    previous = None
    for place, (word, (start, end)) in enumerate(zip(pieces.words, pieces.spans, strict=True)):
        if word >= 0 and word != previous:
            spans.append((start, end))
            firsts.append(place)
            lasts.append(place)
        elif word >= 0:
            spans[-1] = (spans[-1][0], end)
            lasts[-1] = place
        word_of_piece.append(len(spans) - 1 if word >= 0 else -1)
        previous = word if word >= 0 else previous
    shapes = [shape_of(word) for word in as_in_prose([text[start:end] for start, end in spans])]
    of_no_word = {EDGE: SHAPES.index("punctuation")}
    shape_of_piece = [
        shapes[word] if word >= 0 else of_no_word.get(kind, 0)
        for word, kind in zip(word_of_piece, pieces.words, strict=True)
    ]
    before, after = special_ids(tokenizer)
    size = max_pieces - len(before) - len(after)
    return Words(
        spans=tuple(spans),
        windows=tuple(
            _window(start, size, pieces.ids, shape_of_piece, firsts, lasts, before, after)
            for start in window_starts(len(word_of_piece), size)
        ),
        pieces=len(word_of_piece),
        stretches=_stretches(text, spans, blocks) if len(blocks) > 1 else (),
    )


def _stretches(
    text: str, spans: Sequence[tuple[int, int]], blocks: Sequence[Block]
) -> tuple[int, ...]:
    found: list[int] = []
    before, last = -1, 0
    for start, end in spans:
        index = block_around(start, end, blocks)
        marked = blocks[index].kind == "quote" and ">" in text[last:start]
        parted = not found or index != before or marked
        found.append((found[-1] if found else 0) + parted)
        before, last = index, end
    return tuple(found)


def shape_of(word: str) -> int:
    """Return a word's shape, by its index in `SHAPES`."""
    if word.isdigit():
        return DIGITS + min(len(word), 5) - 1
    if not any(character.isalpha() for character in word):
        return SHAPES.index("punctuation")
    if any(character.isdigit() for character in word):
        return SHAPES.index("letters and digits")
    if word.islower():
        return SHAPES.index("lower")
    if word.isupper():
        return SHAPES.index("capital" if len(word) == 1 else "capitals")
    if word.lower() == word.upper():
        return SHAPES.index("uncased")
    rest_is_lower = word[1:] == word[1:].lower()
    return SHAPES.index("capitalized" if word[0].isupper() and rest_is_lower else "mixed")


def _window(
    start: int,
    size: int,
    ids: Sequence[int],
    shapes: Sequence[int],
    firsts: Sequence[int],
    lasts: Sequence[int],
    before: tuple[int, ...],
    after: tuple[int, ...],
) -> WordWindow:
    """Build the window over `size` pieces from `start`.

    Args:
        start: its first piece.
        size: its pieces, special tokens not counted.
        ids: of all pieces.
        shapes: of all pieces.
        firsts: first piece of each word.
        lasts: last piece of each word.
        before: special tokens before the pieces.
        after: special tokens after them.
    """
    inside = range(bisect_left(firsts, start), bisect_right(lasts, start + size - 1))
    shift = len(before) - start
    return WordWindow(
        input_ids=(*before, *ids[start : start + size], *after),
        shapes=(*[0] * len(before), *shapes[start : start + size], *[0] * len(after)),
        first_word=inside[0] if inside else 0,
        begins=tuple(firsts[n] + shift for n in inside),
        ends=tuple(lasts[n] + shift for n in inside),
    )
