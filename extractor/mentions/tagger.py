"""Document -> Mention: every stretch of words up to a length is scored as one of DocRED's types.

Each span of words i..j and type t has a logit, and no mention has 0:

    begin_t(i) + end_t(j) + sum of inside_t(i..j) + length_t(j - i) + [a_i; 1] W_t [b_j; 1]

The biaffine term, with a and b narrow layers over the hidden states, is that of Yu, Bohnet and
Poesio (ACL 2020, "Named Entity Recognition as Dependency Parsing"); a softmax over the types and 0
gives the probability. Spans may touch and nest, never cross.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from extractor.encoder.batching import pad_pieces
from extractor.encoder.encoder import Encoder
from extractor.schema import ENTITY_TYPES, Mention
from extractor.text.words import SHAPES, Words, WordWindow

LONGEST = 16
"""Words of the longest mention; of DocRED's, one in 9,000 is longer."""
BIAFFINE_WIDTH = 128
MARGIN_DECIMALS = 1
"""Of mentions: how sure they are is read from them, and batches change the last bits."""
IGNORED = -100
"""Label of a span that leaves its window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordBatch:
    """Windows as tensors, padded."""

    input_ids: Tensor
    """(windows, pieces)."""
    attention_mask: Tensor
    """(windows, pieces)."""
    shapes: Tensor
    """(windows, pieces)."""
    begins: Tensor
    """(windows, words), position of each word's first piece."""
    ends: Tensor
    """(windows, words), position of each word's last piece."""

    def to(self, device: torch.device) -> WordBatch:
        """Return the batch on a device."""
        return WordBatch(
            **{each.name: getattr(self, each.name).to(device) for each in fields(self)}
        )


def collate_words(windows: Sequence[WordWindow], *, pad_id: int) -> WordBatch:
    """Return windows as one batch."""
    ids, mask = pad_pieces([window.input_ids for window in windows], pad_id)
    return WordBatch(
        input_ids=ids,
        attention_mask=mask,
        shapes=pad_pieces([window.shapes for window in windows], 0)[0],
        begins=pad_pieces([window.begins for window in windows], 0)[0],
        ends=pad_pieces([window.ends for window in windows], 0)[0],
    )


class MentionTagger(nn.Module):
    """An encoder that is told the shapes of words, and a scorer of spans over its hidden states."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        types, width = len(ENTITY_TYPES), encoder.width
        self.shape = nn.Embedding(len(SHAPES), encoder.embedding_width)
        self.dropout = nn.Dropout(0.1)
        self.parts = nn.Linear(width, 3 * types)
        self.first = nn.Linear(width, BIAFFINE_WIDTH)
        self.last = nn.Linear(width, BIAFFINE_WIDTH)
        self.biaffine = nn.Parameter(torch.zeros(types, BIAFFINE_WIDTH + 1, BIAFFINE_WIDTH + 1))
        self.length = nn.Parameter(torch.zeros(LONGEST, types))
        nn.init.normal_(self.shape.weight, std=0.02)

    def forward(self, batch: WordBatch) -> Tensor:
        """Return span logits in fp32, (windows, words, lengths, types).

        The spans of a length start at a word and have that many more words; those that leave the
        window hold any number.
        """
        hidden, _ = self.encoder(
            batch.input_ids, batch.attention_mask, embeds_extra=self.shape(batch.shapes)
        )
        hidden = self.dropout(hidden)
        begins, ends = _gathered(hidden, batch.begins), _gathered(hidden, batch.ends)
        begin, _, inside = self.parts(begins).float().chunk(3, dim=-1)
        _, end, more_inside = self.parts(ends).float().chunk(3, dim=-1)
        first = _with_one(self.dropout(nn.functional.gelu(self.first(begins))))
        last = _with_one(self.dropout(nn.functional.gelu(self.last(ends))))
        pairs = torch.einsum("wia,tab,wjb->wijt", first, self.biaffine, last).float()
        words = begin.shape[1]
        starts = torch.arange(words, device=hidden.device)[:, None]
        stops = (starts + torch.arange(LONGEST, device=hidden.device)).clamp_max(words - 1)
        summed = ((inside + more_inside) / 2).cumsum(dim=1)
        before = nn.functional.pad(summed, (0, 0, 1, 0))[:, :-1]
        return (  # type: ignore[no-any-return]
            begin[:, :, None]
            + end[:, stops]
            + (summed[:, stops] - before[:, :, None])
            + self.length
            + pairs[:, starts, stops]
        )

    if TYPE_CHECKING:
        __call__ = forward


def _gathered(hidden: Tensor, places: Tensor) -> Tensor:
    return hidden.gather(1, places[:, :, None].expand(-1, -1, hidden.shape[2]))


def _with_one(states: Tensor) -> Tensor:
    return torch.cat([states, torch.ones_like(states[..., :1])], dim=-1)


def span_labels(words: Words, mentions: Sequence[Mention]) -> list[NDArray[np.int64]]:
    """Return for each window the label of each span, (words, lengths): 0, or 1 + the type."""
    starts = [start for start, _ in words.spans]
    ends = [end for _, end in words.spans]
    found: dict[tuple[int, int], int] = {}
    for mention in sorted(mentions, key=lambda m: (m.start, m.end, m.type)):
        first = bisect_right(ends, mention.start)
        length = bisect_left(starts, mention.end) - first - 1
        if 0 <= length < LONGEST:
            found.setdefault((first, length), 1 + ENTITY_TYPES.index(mention.type))
    labels = []
    for window in words.windows:
        count = len(window.begins)
        rows = np.zeros((count, LONGEST), dtype=np.int64)
        rows[np.arange(count)[:, None] + np.arange(LONGEST) >= count] = IGNORED
        for (first, length), label in found.items():
            place = first - window.first_word
            if place >= 0 and place + length < count:
                rows[place, length] = label
        labels.append(rows)
    return labels


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSpans:
    """The best type of each span of a document, (words, lengths)."""

    margins: NDArray[np.float32]
    """Logit of the best type; above 0 is a mention. -inf: no such span, or no window shows it."""
    types: NDArray[np.int8]


def merge_windows(words: Words, logits: Sequence[Tensor]) -> ScoredSpans:
    """Read every span in the window in which it lies deepest.

    Args:
        words: the document's words.
        logits: for each window, (words, lengths, types).
    """
    count = len(words.spans)
    margins = np.full((count, LONGEST), -np.inf, dtype=np.float32)
    types = np.zeros((count, LONGEST), dtype=np.int8)
    depth = np.full((count, LONGEST), -1, dtype=np.int32)
    for window, scores in zip(words.windows, logits, strict=True):
        size = len(window.begins)
        if not size:
            continue
        stops = np.arange(size)[:, None] + np.arange(LONGEST)
        after = len(window.input_ids) - 1 - np.array(window.ends)[stops.clip(max=size - 1)]
        deep = np.where(stops < size, np.minimum(np.array(window.begins)[:, None], after), -1)
        rows = slice(window.first_word, window.first_word + size)
        better = deep > depth[rows]
        best = scores[:size].max(dim=-1)
        margins[rows][better] = best.values.numpy()[better]
        types[rows][better] = best.indices.numpy()[better]
        depth[rows][better] = deep[better]
    return ScoredSpans(margins=margins, types=types)


def decode_mentions(words: Words, spans: ScoredSpans) -> list[Mention]:
    """Return the spans with a margin above 0, the surest first where two cross; by place.

    Those that cross two stretches of the text are none.
    """
    starts, lengths = np.nonzero((spans.margins > 0) & _in_one_stretch(words))
    order = np.lexsort((lengths, starts, -spans.margins[starts, lengths]))
    kept: dict[int, list[int]] = {}
    for first, length in zip(starts[order].tolist(), lengths[order].tolist(), strict=True):
        if not _crosses(first, first + length, kept):
            kept.setdefault(first, []).append(first + length)
    return [
        Mention(
            start=words.spans[first][0],
            end=words.spans[last][1],
            type=ENTITY_TYPES[spans.types[first, last - first]],
            margin=round(float(spans.margins[first, last - first]), MARGIN_DECIMALS),
        )
        for first in sorted(kept)
        for last in sorted(kept[first])
    ]


def _in_one_stretch(words: Words) -> NDArray[np.bool_]:
    """Tell of each span, (words, lengths), whether one stretch of text holds it."""
    if not words.stretches:
        return np.ones((len(words.spans), LONGEST), dtype=np.bool_)
    stretches = np.array(words.stretches)
    last = len(stretches) - 1
    stops = (np.arange(last + 1)[:, None] + np.arange(LONGEST)).clip(max=last)
    return stretches[stops] == stretches[:, None]  # type: ignore[no-any-return]


def _crosses(first: int, last: int, kept: Mapping[int, Sequence[int]]) -> bool:
    """Tell whether a span shares some words, but not all of either's, with one that is kept."""
    before = (end for start in range(first - LONGEST, first) for end in kept.get(start, ()))
    inside = (end for start in range(first + 1, last + 1) for end in kept.get(start, ()))
    return any(first <= end < last for end in before) or any(end > last for end in inside)


@torch.inference_mode()
def score_spans(tagger: MentionTagger, batch: WordBatch) -> Tensor:
    """Return span logits on the CPU, (windows, words, lengths, types)."""
    device = next(tagger.parameters()).device
    return tagger(batch.to(device)).float().cpu()
