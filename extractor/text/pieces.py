"""Text -> word pieces that know their place in it, whatever the kind of tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from extractor.errors import CheckpointRejected
from extractor.model_files import refuse_code
from extractor.schema import Block
from extractor.text.blocks import UNREAD, same_row

EDGE = -2
"""Index of the word of a piece that stands for the edge of a block."""
STOPS = ".!?:;,…。"
"""What ends a block so that its edge needs no piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPieces:
    """A text as its tokenizer cuts it, without special tokens; one entry per piece in each."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    """Code points of the text, blanks around a word not counted; empty for a piece of blanks."""
    words: tuple[int, ...]
    """Index of the tokenizer's own word that the piece belongs to; -1 for a piece of blanks, EDGE
    for one that the text does not have."""


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


def read_pieces(
    text: str, tokenizer: PreTrainedTokenizerBase, blocks: Sequence[Block]
) -> WordPieces:
    """Cut a text into word pieces as a model reads them.

    What is in no block, code and furniture are left out, and the edge between two blocks is a full
    stop, or a comma between the cells of a row: models learned to read running text.
    """
    pieces = word_pieces(text, tokenizer)
    if len(blocks) == 1 and blocks[0].kind not in UNREAD:
        return pieces
    stop, comma = (word_pieces(mark, tokenizer).ids[-1] for mark in ".,")
    kept: list[tuple[int, tuple[int, int], int]] = []
    place, last = 0, None
    for piece in zip(pieces.ids, pieces.spans, pieces.words, strict=True):
        start, end = piece[1]
        while place < len(blocks) and blocks[place].end <= start:
            place += 1
        block = blocks[place] if place < len(blocks) and blocks[place].start <= start else None
        if block is None or end > block.end or block.kind in UNREAD:
            continue
        if block.kind == "quote" and text[start:end] == ">":
            continue
        if last is not None and last is not block and text[last.end - 1] not in STOPS:
            edge = comma if same_row(last, block) else stop
            kept.append((edge, (last.end, last.end), EDGE))
        kept.append(piece)
        last = block
    ids, spans, words = zip(*kept, strict=True) if kept else ((), (), ())
    return WordPieces(ids=ids, spans=spans, words=words)


def _without_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    begin = start + len(piece) - len(piece.lstrip())
    return begin, max(begin, start + len(piece.rstrip()))


def load_tokenizer(path: Path | str) -> PreTrainedTokenizerBase:
    """Load a fast tokenizer that neither truncates nor pads, whatever its files say.

    Raises:
        CheckpointRejected: there is none, it cannot be used, or it brings code, with the reason.
    """
    refuse_code(path)
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            path, trust_remote_code=False
        )
        if getattr(tokenizer, "add_prefix_space", True) is False:
            # RoBERTa: the first word of a text gets the same pieces as anywhere else.
            tokenizer = AutoTokenizer.from_pretrained(
                path, trust_remote_code=False, add_prefix_space=True
            )
    except Exception as error:  # the tokenizers library raises this very class
        raise CheckpointRejected(f"no tokenizer in {path}: {error!r}") from error
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise CheckpointRejected(
            f"the tokenizer in {path} knows no words: tokenizer.json is missing"
        )
    if not tokenizer.is_fast:
        raise CheckpointRejected(f"the tokenizer in {path} is not a fast one: offsets are needed")
    if tokenizer.pad_token_id is None:
        raise CheckpointRejected(f"the tokenizer in {path} has no padding token")
    if _lowers_a_cased_vocabulary(tokenizer):
        raise CheckpointRejected(
            f"the tokenizer in {path} lowers the text but its vocabulary has capitals: set "
            "do_lower_case to false in tokenizer_config.json"
        )
    # all-MiniLM's tokenizer.json truncates to 128 word pieces and pads to them.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    # '[SEP]' in a document is text, not a separator.
    tokenizer.backend_tokenizer.encode_special_tokens = True
    return tokenizer


def _lowers_a_cased_vocabulary(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Tell a folder with nothing but SciBERT's cased vocab.txt: it loads as an uncased BERT's."""
    lowers = getattr(tokenizer.backend_tokenizer.normalizer, "lowercase", False)
    capitals = sum(piece != piece.lower() for piece in tokenizer.get_vocab())
    return lowers and capitals > len(tokenizer) / 10


def special_ids(tokenizer: PreTrainedTokenizerBase) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the ids that the tokenizer itself puts before and after a single text."""
    framed = tokenizer.backend_tokenizer.encode("a")
    content = [place for place, own in enumerate(framed.special_tokens_mask) if not own]
    return tuple(framed.ids[: content[0]]), tuple(framed.ids[content[-1] + 1 :])


def window_starts(length: int, size: int) -> list[int]:
    """Return where windows of `size` start so that they cover 0..length, half overlapping."""
    if length <= size:
        return [0]
    return [*range(0, length - size, size // 2), length - size]
