"""Train the mention tagger on documents with gold mentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from extractor.atlop.batching import pad_pieces
from extractor.labelled.docred import LabelledDocument
from extractor.mentions import IGNORED, MentionTagger, split_words, tag_labels
from extractor.training.recipe import Recipe
from extractor.training.trainer import Progress, fit


def train_mentions(
    tagger: MentionTagger,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    recipe: Recipe,
    state: Path,
    report: Callable[[Progress], None],
) -> None:
    """Train a mention tagger in place."""
    samples: list[tuple[tuple[int, ...], list[int]]] = []
    for item in documents:
        words = split_words(
            item.document.text,
            tokenizer=tokenizer,
            max_pieces=tagger.encoder.max_pieces,
        )
        mentions = [mention for cluster in item.document.clusters for mention in cluster.mentions]
        tags = tag_labels(words, mentions)
        samples += [
            (window.input_ids, [tags[word] if word >= 0 else IGNORED for word in window.words])
            for window in words.windows
        ]
    device = next(tagger.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        ids, mask = pad_pieces([samples[n][0] for n in batch], tokenizer.pad_token_id)
        labels, _ = pad_pieces([samples[n][1] for n in batch], IGNORED)
        logits = tagger(ids.to(device), mask.to(device))
        return nn.functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten().to(device), ignore_index=IGNORED
        )

    fit(
        tagger,
        [len(ids) for ids, _ in samples],
        loss_of,
        recipe=recipe,
        part="mentions",
        state=state,
        report=report,
        terms=[[sum(tag != IGNORED for tag in tags)] for _, tags in samples],
    )
