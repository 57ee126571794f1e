"""Run the mention tagger over many texts, in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedTokenizerBase

from extractor.agreement import agree_on_types
from extractor.atlop.batching import DEFAULT_BUDGET, Budget, halving, within
from extractor.mentions import (
    MentionTagger,
    batch_of,
    decode_mentions,
    merge_windows,
    score_spans,
)
from extractor.schema import Mention
from extractor.words import split_words


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

    def run(indices: Sequence[int]) -> None:
        batch = batch_of([owners[index][1] for index in indices], pad_id=tokenizer.pad_token_id)
        for index, scores in zip(indices, score_spans(tagger, batch), strict=True):
            logits[index] = scores[: len(owners[index][1].begins)]

    for indices in within(budget, [len(window.input_ids) for _, window in owners]):
        halving(indices, run)
    by_text: list[list[torch.Tensor]] = [[] for _ in texts]
    for (owner, _), scores in zip(owners, logits, strict=True):
        by_text[owner].append(scores)
    return [
        agree_on_types(text, decode_mentions(item, merge_windows(item, scores)))
        for text, item, scores in zip(texts, words, by_text, strict=True)
    ]
