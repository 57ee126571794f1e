"""Soft labels: what trained teachers say of documents that nobody labelled (self-training)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from extractor.atlop.loss import Loss
from extractor.atlop.model import Atlop
from extractor.datasets.docred import LabelledDocument
from extractor.encoder.precision import Precision
from extractor.evaluation.gold import score_gold
from extractor.relations import RelationVocabulary

TEACHER_LOSS: Loss = "atl"
"""Its margins are log-odds, so that a sigmoid gives a chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtDocument:
    """A document with the chances that its teachers give every relation of every pair."""

    item: LabelledDocument
    """Gold mentions and clusters; its labels are not read."""
    chances: tuple[NDArray[np.float16], ...]
    """Of each window: (pairs, 2, relations without TH), 0 to 1."""


def teach(
    teachers: Sequence[Atlop],
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    precision: Precision,
) -> list[TaughtDocument]:
    """Return the documents with the mean of the teachers' chances, sigmoid(margin).

    That is a chance where the teachers' loss makes the margin a log-odds (`atl`, `sat`, `bce`).

    Args:
        teachers: at least one; of one preset, so that all read the same windows.
        tokenizer: theirs.
        documents: with gold clusters.
        vocabulary: theirs.
        precision: of matrix products.
    """
    voices = []
    for teacher in teachers:
        scored = score_gold(teacher, tokenizer, documents, vocabulary, precision=precision)
        voices.append([[_sigmoid(each.margins) for each in windows] for windows in scored.windows])
    return [
        TaughtDocument(
            item=item,
            chances=tuple(
                np.mean(window, axis=0).astype(np.float16) for window in zip(*given, strict=True)
            ),
        )
        for item, *given in zip(documents, *voices, strict=True)
    ]


def _sigmoid(margins: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-np.clip(margins, -30, 30))), dtype=np.float32)
