"""Document -> Mention: token classification with BIO tags over DocRED's entity types."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from extractor.atlop.encoder import Encoder, special_ids, window_starts
from extractor.atlop.pieces import word_pieces
from extractor.schema import ENTITY_TYPES, Mention

TAGS = ("O", *(f"{prefix}-{type_}" for type_ in ENTITY_TYPES for prefix in ("B", "I")))
"""Tag columns: O, B-PER, I-PER, B-ORG, ..."""
IGNORED = -100
"""Label of a word piece that does not begin a word: not trained, not read."""


class MentionTagger(nn.Module):
    """An encoder with a linear layer over its hidden states."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.tag = nn.Linear(encoder.width, len(TAGS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return tag logits in fp32, (windows, pieces, tags)."""
        hidden, _ = self.encoder(input_ids, attention_mask)
        return self.tag(self.dropout(hidden)).float()  # type: ignore[no-any-return]

    if TYPE_CHECKING:
        __call__ = forward


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedWindow:
    """A stretch of a document's words as the tagger reads it, special tokens included."""

    input_ids: tuple[int, ...]
    words: tuple[int, ...]
    """Word index of each piece that begins a word, else -1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A document's words, which are the tokenizer's own, and the windows over their pieces."""

    spans: tuple[tuple[int, int], ...]
    windows: tuple[TaggedWindow, ...]


def split_words(text: str, *, tokenizer: PreTrainedTokenizerBase, max_pieces: int) -> Words:
    """Cut a text into words and overlapping windows that cover each of them."""
    pieces = word_pieces(text, tokenizer)
    spans: list[tuple[int, int]] = []
    begins: list[int] = []
    previous = None
    for word, (start, end) in zip(pieces.words, pieces.spans, strict=True):
        if word < 0:
            begins.append(-1)
            continue
        if word != previous:
            begins.append(len(spans))
            spans.append((start, end))
        else:
            begins.append(-1)
            spans[-1] = (spans[-1][0], end)
        previous = word
    before, after = special_ids(tokenizer)
    size = max_pieces - len(before) - len(after)
    windows = tuple(
        TaggedWindow(
            input_ids=(*before, *pieces.ids[start : start + size], *after),
            words=(*[-1] * len(before), *begins[start : start + size], *[-1] * len(after)),
        )
        for start in window_starts(len(begins), size)
    )
    return Words(spans=tuple(spans), windows=windows)


def tag_labels(words: Words, mentions: Sequence[Mention]) -> list[int]:
    """Return each word's gold tag; of overlapping mentions the earlier, then the longer counts."""
    labels = [0] * len(words.spans)
    starts = [start for start, _ in words.spans]
    ends = [end for _, end in words.spans]
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        inside = range(bisect_right(ends, mention.start), bisect_left(starts, mention.end))
        if inside and not any(labels[n] for n in inside):
            begin = TAGS.index(f"B-{mention.type}")
            for n in inside:
                labels[n] = begin + (n != inside[0])
    return labels


def word_tags(words: Words, logits: Sequence[Tensor]) -> list[int]:
    """Return each word's best tag, read where the word lies deepest inside a window.

    Args:
        words: the document's words.
        logits: for each window, (pieces, tags).
    """
    best = [0] * len(words.spans)
    depth = [-1] * len(words.spans)
    for window, scores in zip(words.windows, logits, strict=True):
        tags = scores.argmax(dim=-1).tolist()
        last = len(window.words) - 1
        for position, word in enumerate(window.words):
            inside = min(position, last - position)
            if word >= 0 and inside > depth[word]:
                best[word], depth[word] = tags[position], inside
    return best


def decode_mentions(words: Words, tags: Sequence[int]) -> list[Mention]:
    """Return the mentions that tags spell; an I- that continues nothing begins a mention."""
    mentions: list[Mention] = []
    start = end = -1
    type_ = ""
    for (word_start, word_end), tag in zip(words.spans, tags, strict=True):
        name = TAGS[tag]
        if type_ and name == f"I-{type_}":
            end = word_end
            continue
        if type_:
            mentions.append(Mention(start=start, end=end, type=type_))
        type_ = name[2:]
        start, end = word_start, word_end
    if type_:
        mentions.append(Mention(start=start, end=end, type=type_))
    return mentions


@torch.inference_mode()
def tag_windows(tagger: MentionTagger, ids: Tensor, mask: Tensor) -> Tensor:
    """Return tag logits on the CPU, (windows, pieces, tags)."""
    device = next(tagger.parameters()).device
    return tagger(ids.to(device), mask.to(device)).cpu()
