"""How many forward passes of its encoder do mentions, clusters and links take together?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from benchmarks.parts.timing import seconds
from benchmarks.quality.relations import CHECKPOINT
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import read_docred
from extractor.encoder.batching import DEFAULT_BUDGET, within
from extractor.mentions.tagger import WordBatch, collate_words
from extractor.pipeline import Extractor
from extractor.schema import Document, NameIndex
from extractor.text.words import split_words

BATCH_DOCUMENTS = 32
"""As a run's."""
REPEATS = 3


def encoder_passes(documents: Sequence[Document], index: NameIndex) -> float:
    """Return the seconds of mentions, clusters and linking, over those of one plain forward pass.

    The pass is that of the tagger's encoder alone over the same windows in the same batches, its
    input ready; the stages' seconds are what the extractor counts, cutting texts into words
    included. Both are taken in turns, and the median of the ratios is returned.

    Args:
        documents: without clusters of their own.
        index: where names are looked up.
    """
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    extractor = Extractor(checkpoint, index, device="cpu")
    groups = [
        documents[start : start + BATCH_DOCUMENTS]
        for start in range(0, len(documents), BATCH_DOCUMENTS)
    ]
    batches = [batch for group in groups for batch in _batches(checkpoint, group)]

    def extract() -> float:
        before = dict(extractor.seconds)
        for group in groups:
            extractor.extract(group)
        return sum(extractor.seconds[stage] - before[stage] for stage in ("mentions", "linking"))

    @torch.inference_mode()
    def plain() -> list[Tensor]:
        return [
            checkpoint.tagger.encoder(batch.input_ids, batch.attention_mask)[0] for batch in batches
        ]

    extract()  # both warm up
    plain()
    return median(extract() / seconds(plain) for _ in range(REPEATS))


def bare_documents(data: Path, count: int) -> list[Document]:
    """Return the first documents of Re-DocRED dev without their gold clusters."""
    labelled = read_docred(data / "redocred" / "dev_revised.json")[:count]
    return [replace(item.document, clusters=()) for item in labelled]


def _batches(checkpoint: Checkpoint, documents: Sequence[Document]) -> list[WordBatch]:
    """Return the windows of documents in the batches in which mentions are detected."""
    tokenizer, size = checkpoint.tokenizer, checkpoint.tagger.encoder.max_pieces
    windows = [
        window
        for document in documents
        for window in split_words(document.text, tokenizer=tokenizer, max_pieces=size).windows
    ]
    return [
        collate_words([windows[n] for n in chosen], pad_id=tokenizer.pad_token_id)
        for chosen in within(DEFAULT_BUDGET, [len(window.input_ids) for window in windows])
    ]
