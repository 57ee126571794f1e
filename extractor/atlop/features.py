"""Document and entities -> word pieces with entity markers, in windows that the encoder can read.

How a mention is marked is a switch (ATLOP, "Encoder"): `star` puts a `*` of its own before and
after every mention, the paper's way; `dedicated` puts the tokenizer's mask token there, to which
the model adds trained vectors, so that no character of the text is mistaken for a marker; `off`
marks nothing. The model reads a mention at its first marker, or, without any, at its first piece.

A text that is longer than a window is cut into overlapping windows that cover every word piece. A
mention belongs to a window that holds all of it; an entity pair that no window holds together is
not scored, and counted. Nor is a pair scored that the layout keeps apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from transformers import PreTrainedTokenizerBase

from extractor.atlop.pairs import EntityPairs
from extractor.errors import CheckpointRejected
from extractor.schema import Block, Mention, Span
from extractor.text.blocks import Surroundings, block_around, surroundings_of
from extractor.text.pieces import WordPieces, read_pieces, special_ids, window_starts, word_pieces

STAR = "*"
Markers = Literal["star", "dedicated", "off"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a document as the encoder reads it, special tokens included."""

    input_ids: tuple[int, ...]
    content_start: int
    """Pieces before are special tokens."""
    content_end: int
    """Pieces from here on are special tokens."""
    sentence_of_piece: tuple[int, ...]
    """Sentence index of each word piece; -1 for special tokens and pieces outside any sentence."""
    piece_spans: tuple[tuple[int, int], ...]
    """Code points of the text that each piece stands for; (0, 0) for markers and special tokens."""
    markers: tuple[int, ...]
    """Position at which each mention is read, ascending."""
    closings: tuple[int, ...]
    """Position of each mention's second marker, or of its last piece where nothing is marked."""
    types_of_markers: tuple[str, ...]
    """Type of each mention."""
    entity_of_marker: tuple[int, ...]
    """For each marker, an index into `entities`."""
    entities: tuple[int, ...]
    """Indices of the document's entities that are seen here, ascending."""
    types: tuple[str, ...]
    """Type of each of `entities`."""
    pairs: tuple[tuple[int, int], ...]
    """Unordered pairs to score, as indices into `entities`, ascending."""

    @property
    def first_sentence(self) -> int:
        """The window's first sentence; 0 if none is known."""
        return min((place for place in self.sentence_of_piece if place >= 0), default=0)

    @property
    def sentences(self) -> int:
        """Number of sentences from the first on; at least 1."""
        return max(1, max(self.sentence_of_piece) - self.first_sentence + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A document ready to be scored."""

    windows: tuple[Window, ...]
    """Only windows with at least one pair to score; a short document has at most one."""
    unscored_pairs: int
    """Ordered entity pairs that no window shows together."""


@dataclass(frozen=True, slots=True)
class _Piece:
    input_id: int
    sentence: int
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A document's pieces, and for each mention where it is read and where it ends."""

    pieces: list[_Piece]
    opened: list[int]
    closed: list[int]


def build_features(
    text: str,
    sentences: Sequence[Span],
    entities: Sequence[Sequence[Mention]],
    *,
    tokenizer: PreTrainedTokenizerBase,
    max_pieces: int,
    markers: Markers = "star",
    candidate: Callable[[str, str], bool] = lambda head_type, tail_type: True,
    check_pairs: Callable[[int], None] = lambda pairs: None,
    blocks: Sequence[Block] = (),
) -> Features:
    """Return the windows of a document.

    Args:
        text: the document's text.
        sentences: its sentences, ascending.
        entities: the mentions of each entity.
        tokenizer: a fast tokenizer.
        max_pieces: what the encoder can read, special tokens included.
        markers: how mentions are marked.
        candidate: tells from the types of head and tail whether an ordered pair is of interest.
        check_pairs: told of each window how many pairs there are so far; raises if too many.
        blocks: of the text, ascending; without them, layout keeps nothing apart.
    """
    mentions, owner = _in_order(entities)
    types = [Counter(each.type for each in group).most_common(1)[0][0] for group in entities]
    of_document = EntityPairs(types, candidate, check_pairs)
    read = read_pieces(text, tokenizer, blocks) if blocks else word_pieces(text, tokenizer)
    marked = _mark(read, len(text), sentences, mentions, _marker_id(tokenizer, markers))
    stands = _stands(mentions, blocks)
    by_place = sorted(range(len(mentions)), key=lambda n: (marked.opened[n], n))
    places = [marked.opened[n] for n in by_place]
    before, after = special_ids(tokenizer)
    size = max_pieces - len(before) - len(after)
    windows = []
    for start in window_starts(len(marked.pieces), size):
        inside = [
            n
            for n in by_place[bisect_left(places, start) : bisect_left(places, start + size)]
            if marked.opened[n] <= marked.closed[n] < start + size  # no piece: closed lies before
        ]
        seen: defaultdict[int, set[Surroundings]] = defaultdict(set)
        for n in inside:
            seen[owner[n]].add(stands[n])
        pairs = of_document.of_window(seen)
        if not pairs:
            continue
        shown = sorted(seen)
        local = {entity: index for index, entity in enumerate(shown)}
        pieces = marked.pieces[start : start + size]
        shift = len(before) - start
        windows.append(
            Window(
                input_ids=(*before, *(piece.input_id for piece in pieces), *after),
                content_start=len(before),
                content_end=len(before) + len(pieces),
                sentence_of_piece=_padded([piece.sentence for piece in pieces], -1, before, after),
                piece_spans=_padded([piece.span for piece in pieces], (0, 0), before, after),
                markers=tuple(marked.opened[n] + shift for n in inside),
                closings=tuple(marked.closed[n] + shift for n in inside),
                types_of_markers=tuple(mentions[n].type for n in inside),
                entity_of_marker=tuple(local[owner[n]] for n in inside),
                entities=tuple(shown),
                types=tuple(types[entity] for entity in shown),
                pairs=tuple((local[one], local[other]) for one, other in pairs),
            )
        )
    return Features(windows=tuple(windows), unscored_pairs=of_document.unscored())


def _stands(mentions: Sequence[Mention], blocks: Sequence[Block]) -> list[Surroundings]:
    """Return where each mention stands in lists and tables."""
    places = surroundings_of(blocks)
    held = (block_around(mention.start, mention.end, blocks) for mention in mentions)
    return [places[index] if index >= 0 else () for index in held]


def _in_order(entities: Sequence[Sequence[Mention]]) -> tuple[list[Mention], list[int]]:
    """Return all mentions and their entities, in an order that does not depend on the entities'.

    It decides where markers of mentions with one start or end stand.
    """
    spans = [sorted((mention.start, mention.end) for mention in group) for group in entities]
    ordered = sorted(
        ((mention, index) for index, group in enumerate(entities) for mention in group),
        key=lambda each: (each[0].start, -each[0].end, each[0].type, spans[each[1]]),
    )
    return [mention for mention, _ in ordered], [index for _, index in ordered]


def _padded(
    values: Sequence[T], fill: T, before: Sequence[int], after: Sequence[int]
) -> tuple[T, ...]:
    return (*(fill for _ in before), *values, *(fill for _ in after))


def _mark(
    read: WordPieces,
    length: int,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    marker: int | None,
) -> _Marked:
    """Put the marker, if any, around the mentions of a text of some length."""
    starts = [start for start, _ in read.spans]
    ends = [end for _, end in read.spans]
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for index, mention in enumerate(mentions):
        first = bisect_right(ends, mention.start)
        if marker is None:  # a mention of blanks at the end has no piece of its own
            first = min(first, max(len(starts) - 1, 0))
        last = bisect_left(starts, mention.end) - 1
        opening.setdefault(first, []).append(index)
        closing.setdefault(max(first, last), []).append(index)
    sentence_starts = [sentence.start for sentence in sentences]
    pieces: list[_Piece] = []
    opened, closed = [0] * len(mentions), [0] * len(mentions)
    for position in range(len(starts) + 1):
        start = starts[position] if position < len(starts) else length
        sentence = bisect_right(sentence_starts, start) - 1
        if start >= (sentences[sentence].end if sentence >= 0 else 0):
            sentence = -1
        for index in opening.get(position, ()):
            opened[index] = len(pieces)
            if marker is not None:
                pieces.append(_Piece(marker, sentence))
        if position < len(starts):
            pieces.append(_Piece(read.ids[position], sentence, read.spans[position]))
        for index in reversed(closing.get(position, [])):  # what opened last closes first
            if marker is not None:
                pieces.append(_Piece(marker, sentence))
            closed[index] = len(pieces) - 1
    return _Marked(pieces, opened, closed)


def _marker_id(tokenizer: PreTrainedTokenizerBase, markers: Markers) -> int | None:
    """Return the piece that marks a mention, if any.

    Raises:
        CheckpointRejected: the tokenizer has no such piece.
    """
    if markers == "off":
        return None
    if markers == "dedicated":
        found: int | None = tokenizer.mask_token_id
    else:
        found = tokenizer.backend_tokenizer.token_to_id(STAR)
    if found is None:
        wanted = "mask token" if markers == "dedicated" else f"token {STAR!r}"
        raise CheckpointRejected(f"the tokenizer has no {wanted} to mark entities with")
    return found
