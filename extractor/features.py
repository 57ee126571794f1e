"""Document and entities -> word pieces with entity markers, in windows that the encoder can read.

Every mention gets a `*` of its own before its first and after its last word piece (ATLOP, section
3.1); the first one is the place that the model reads. A text that is longer than a window is cut
into overlapping windows that cover every word piece. A mention belongs to a window that holds both
of its markers; an entity pair that no window holds together is not scored, and counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from extractor.encoder import window_starts
from extractor.errors import CheckpointRejected
from extractor.schema import Mention, Span

MARKER = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a document as the encoder reads it, special tokens included."""

    input_ids: tuple[int, ...]
    sentence_of_piece: tuple[int, ...]
    """Sentence index of each word piece; -1 for special tokens and pieces outside any sentence."""
    markers: tuple[int, ...]
    """Position of each mention's first marker."""
    entity_of_marker: tuple[int, ...]
    """For each marker, an index into `entities`."""
    entities: tuple[int, ...]
    """Indices of the document's entities that are seen here, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A document ready to be scored."""

    windows: tuple[Window, ...]
    """Only windows with at least two entities; a short document has at most one."""
    unscored_pairs: int
    """Ordered entity pairs that no window shows together."""


@dataclass(frozen=True, slots=True)
class _Piece:
    input_id: int
    sentence: int
    mention: int = -1
    """Index of the mention whose first marker this is."""


def build_features(
    text: str,
    sentences: Sequence[Span],
    entities: Sequence[Sequence[Mention]],
    *,
    tokenizer: PreTrainedTokenizerBase,
    max_pieces: int,
) -> Features:
    """Return the windows of a document.

    Args:
        text: the document's text.
        sentences: its sentences, ascending.
        entities: the mentions of each entity.
        tokenizer: a fast tokenizer.
        max_pieces: what the encoder can read, special tokens included.
    """
    mentions = [mention for group in entities for mention in group]
    owner = [index for index, group in enumerate(entities) for _ in group]
    pieces, closing = _marked_pieces(text, sentences, mentions, tokenizer)
    size = max_pieces - 2
    windows = []
    together: set[tuple[int, int]] = set()
    for start in window_starts(len(pieces), size):
        window = _window(pieces, closing, owner, start, start + size, tokenizer)
        if len(window.entities) > 1:
            windows.append(window)
            if len(pieces) > size:
                together.update((a, b) for a in window.entities for b in window.entities if a != b)
    all_pairs = len(entities) * (len(entities) - 1)
    fits = len(pieces) <= size
    return Features(windows=tuple(windows), unscored_pairs=0 if fits else all_pairs - len(together))


def _marked_pieces(
    text: str,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    tokenizer: PreTrainedTokenizerBase,
) -> tuple[list[_Piece], list[int]]:
    """Return the word pieces with markers, and for each mention the index of its closing marker."""
    encoding = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    starts = [start for start, _ in encoding.offsets]
    ends = [end for _, end in encoding.offsets]
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for index, mention in enumerate(mentions):
        first = bisect_right(ends, mention.start)
        last = bisect_left(starts, mention.end) - 1
        opening.setdefault(first, []).append(index)
        closing.setdefault(max(first, last), []).append(index)
    marker_id = tokenizer.backend_tokenizer.token_to_id(MARKER)
    if marker_id is None:
        raise CheckpointRejected(f"the tokenizer has no token {MARKER!r} to mark entities with")
    sentence_starts = [sentence.start for sentence in sentences]
    pieces: list[_Piece] = []
    closed_at = [0] * len(mentions)
    for position in range(len(starts) + 1):
        start = starts[position] if position < len(starts) else len(text)
        sentence = bisect_right(sentence_starts, start) - 1
        pieces.extend(_Piece(marker_id, sentence, index) for index in opening.get(position, ()))
        if position < len(starts):
            pieces.append(_Piece(encoding.ids[position], sentence))
        for index in closing.get(position, ()):
            closed_at[index] = len(pieces)
            pieces.append(_Piece(marker_id, sentence))
    return pieces, closed_at


def _window(
    pieces: Sequence[_Piece],
    closed_at: Sequence[int],
    owner: Sequence[int],
    start: int,
    end: int,
    tokenizer: PreTrainedTokenizerBase,
) -> Window:
    inside = pieces[start:end]
    visible = [
        (offset + 1, owner[piece.mention])
        for offset, piece in enumerate(inside)
        if piece.mention >= 0 and closed_at[piece.mention] < end
    ]
    entities = sorted({entity for _, entity in visible})
    local = {entity: index for index, entity in enumerate(entities)}
    ids = [piece.input_id for piece in inside]
    return Window(
        input_ids=(tokenizer.cls_token_id, *ids, tokenizer.sep_token_id),
        sentence_of_piece=(-1, *(piece.sentence for piece in inside), -1),
        markers=tuple(position for position, _ in visible),
        entity_of_marker=tuple(local[entity] for _, entity in visible),
        entities=tuple(entities),
    )
