"""Run the mention tagger over many texts, in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedTokenizerBase

from extractor.agreement import agree_on_types
from extractor.atlop.batching import DEFAULT_BUDGET, Budget, halving, pad_pieces, within
from extractor.mentions import (
    MentionTagger,
    decode_mentions,
    split_words,
    tag_windows,
    word_tags,
)
from extractor.schema import Mention


def detect(
    tagger: MentionTagger,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    budget: Budget = DEFAULT_BUDGET,
) -> list[list[Mention]]:
    """Detect the mentions of many texts; out of GPU memory halves the batch.

    The mentions of one name in one text have one type.
    """
    words = [
        split_words(text, tokenizer=tokenizer, max_pieces=tagger.encoder.max_pieces)
        for text in texts
    ]
    owners = [(n, window) for n, item in enumerate(words) for window in item.windows]
    logits: list[torch.Tensor] = [torch.empty(0)] * len(owners)
    rows = [window.input_ids for _, window in owners]

    def run(indices: Sequence[int]) -> None:
        ids, mask = pad_pieces([rows[index] for index in indices], tokenizer.pad_token_id)
        for index, scores in zip(indices, tag_windows(tagger, ids, mask), strict=True):
            logits[index] = scores[: len(rows[index])]

    for indices in within(budget, [len(row) for row in rows]):
        halving(indices, run)
    by_text: list[list[torch.Tensor]] = [[] for _ in texts]
    for (owner, _), scores in zip(owners, logits, strict=True):
        by_text[owner].append(scores)
    return [
        agree_on_types(text, decode_mentions(item, word_tags(item, scores)))
        for text, item, scores in zip(texts, words, by_text, strict=True)
    ]
