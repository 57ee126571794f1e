"""Train the mention tagger on documents with gold mentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from extractor.datasets.docred import LabelledDocument
from extractor.mentions.tagger import IGNORED, MentionTagger, collate_words, span_labels
from extractor.text.words import WordWindow, split_words
from extractor.training.recipe import Recipe
from extractor.training.trainer import TrainingProgress, fit

HIDDEN = 0.1
"""Share of the pieces that the tagger does not see while it learns, so that it trusts contexts."""


def train_mentions(
    tagger: MentionTagger,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    recipe: Recipe,
    state: Path,
    report: Callable[[TrainingProgress], None],
) -> None:
    """Train a mention tagger in place."""
    samples: list[tuple[WordWindow, NDArray[np.int64]]] = []
    for item in documents:
        words = split_words(
            item.document.text,
            tokenizer=tokenizer,
            max_pieces=tagger.encoder.max_pieces,
            blocks=item.document.blocks,
        )
        mentions = [mention for cluster in item.document.clusters for mention in cluster.mentions]
        samples += zip(words.windows, span_labels(words, mentions), strict=True)
    device = next(tagger.parameters()).device
    unreadable = next(
        each for each in (tokenizer.mask_token_id, tokenizer.unk_token_id, 0) if each is not None
    )

    def loss_of(chosen: Sequence[int]) -> Tensor:
        batch = collate_words([samples[n][0] for n in chosen], pad_id=tokenizer.pad_token_id)
        hide = (torch.rand(batch.input_ids.shape) < HIDDEN) & (batch.shapes > 0)
        shown = replace(batch, input_ids=batch.input_ids.masked_fill(hide, unreadable))
        return span_loss(tagger(shown.to(device)), [samples[n][1] for n in chosen])

    fit(
        tagger,
        [len(window.input_ids) for window, _ in samples],
        loss_of,
        recipe=recipe,
        part="mentions",
        state=state,
        report=report,
        terms=[[len(labels)] for _, labels in samples],
    )


def span_loss(logits: Tensor, labels: Sequence[NDArray[np.int64]]) -> Tensor:
    """Return the cross entropy of all spans, per word.

    Args:
        logits: (windows, words, lengths, types); a further column of zeros is 'no mention'.
        labels: of each window, (words, lengths).
    """
    padded = np.full(logits.shape[:3], IGNORED)
    for row, each in zip(padded, labels, strict=True):
        row[: len(each)] = each
    loss = nn.functional.cross_entropy(
        nn.functional.pad(logits, (1, 0)).flatten(0, 2),
        torch.from_numpy(padded).flatten().to(logits.device),
        ignore_index=IGNORED,
        reduction="sum",
    )
    return loss / max(1, sum(len(each) for each in labels))
