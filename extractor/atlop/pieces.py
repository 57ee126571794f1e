"""Text -> word pieces that know their place in it, whatever the kind of tokenizer."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPieces:
    """A text as its tokenizer cuts it, without special tokens; one entry per piece in each."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    """Code points of the text, blanks around a word not counted; empty for a piece of blanks."""
    words: tuple[int, ...]
    """Index of the tokenizer's own word that the piece belongs to; -1 for a piece of blanks."""


def word_pieces(text: str, tokenizer: PreTrainedTokenizerBase) -> WordPieces:
    """Cut a text into word pieces.

    Byte-level and sentence-piece vocabularies count the blank before a word to its first piece, and
    have pieces of blanks only.
    """
    encoding = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    spans = tuple(_without_blanks(text, start, end) for start, end in encoding.offsets)
    return WordPieces(
        ids=tuple(encoding.ids),
        spans=spans,
        words=tuple(
            word if start < end else -1
            for word, (start, end) in zip(encoding.word_ids, spans, strict=True)
        ),
    )


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    begin = start + len(piece) - len(piece.lstrip())
    return begin, max(begin, start + len(piece.rstrip()))
