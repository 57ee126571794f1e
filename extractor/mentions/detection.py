"""Run the mention tagger over many texts, in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.encoder.batching import DEFAULT_BUDGET, AfterBatch, Budget, halving, within
from extractor.mentions.agreement import agree_on_types
from extractor.mentions.inverted import join_inverted_names
from extractor.mentions.tagger import (
    LONGEST,
    MentionTagger,
    collate_words,
    decode_mentions,
    merge_windows,
    score_spans,
)
from extractor.mentions.trimming import trim_mentions
from extractor.schema import ENTITY_TYPES, Block, Mention
from extractor.text.words import Words, WordWindow, split_words


def detect(
    tagger: MentionTagger,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    blocks: Sequence[Sequence[Block]] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> list[list[Mention]]:
    """Detect the mentions of many texts; out of GPU memory halves the batch.

    The mentions of one name in one text have one type. Where the blocks of each text are given,
    none crosses two.
    """
    words = [
        split_words(text, tokenizer=tokenizer, max_pieces=tagger.encoder.max_pieces, blocks=own)
        for text, own in zip(texts, blocks or [()] * len(texts), strict=True)
    ]
    return detect_among(tagger, texts, words, pad_id=tokenizer.pad_token_id, budget=budget)


def detect_among(
    tagger: MentionTagger,
    texts: Sequence[str],
    words: Sequence[Words],
    *,
    pad_id: int,
    budget: Budget = DEFAULT_BUDGET,
    after_batch: AfterBatch = lambda owners: None,
) -> list[list[Mention]]:
    """Detect the mentions of texts whose words are known.

    A window without any letter or digit names nothing, and is not read.

    Args:
        tagger: the model, on the device that is to run it.
        texts: that are searched.
        words: of each text.
        pad_id: the tokenizer's padding.
        budget: what one batch may hold.
        after_batch: told which texts each batch of windows was of.
    """
    owners = [
        (n, place)
        for n, item in enumerate(words)
        for place, window in enumerate(item.windows)
        if window.speaks
    ]
    windows = [words[n].windows[place] for n, place in owners]
    logits = [[_nothing(window) for window in item.windows] for item in words]

    def run(indices: Sequence[int]) -> None:
        batch = collate_words([windows[index] for index in indices], pad_id=pad_id)
        for index, scores in zip(indices, score_spans(tagger, batch), strict=True):
            text, place = owners[index]
            logits[text][place] = scores[: len(windows[index].begins)]

    for indices in within(budget, [len(window.input_ids) for window in windows]):
        halving(indices, run)
        after_batch([owners[index][0] for index in indices])
    return [
        _named(text, decode_mentions(item, merge_windows(item, scores)))
        for text, item, scores in zip(texts, words, logits, strict=True)
    ]


def _named(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return what decoded mentions name."""
    agreed = agree_on_types(text, trim_mentions(text, mentions))
    return join_inverted_names(text, agreed)


def _nothing(window: WordWindow) -> Tensor:
    """Return the logits of a window that is not read; one number stands for all."""
    return torch.tensor(-torch.inf).expand(len(window.begins), LONGEST, len(ENTITY_TYPES))
