"""Train ATLOP on labelled documents, and fit its calibrator on others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.batching import collate
from extractor.calibration import Calibrator, fit_platt
from extractor.docred import LabelledDocument
from extractor.errors import DatasetRejected
from extractor.evaluation import asserted_triples, gold_triples, score_gold
from extractor.features import Window, build_features
from extractor.loss import adaptive_thresholding_loss
from extractor.model import Atlop
from extractor.relations import RelationVocabulary
from extractor.trainer import Progress, Recipe, fit

CANDIDATE_MARGIN = -5.0
"""Cells below this margin do not calibrate: there are millions, and nearly all are negative."""


def train_relations(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    recipe: Recipe,
    state: Path,
    report: Callable[[Progress], None],
) -> None:
    """Train ATLOP in place on gold mentions."""
    samples: list[tuple[Window, dict[tuple[int, int], list[int]]]] = []
    for item in documents:
        columns: dict[tuple[int, int], list[int]] = {}
        for label in item.labels:
            column = vocabulary.column(label.relation)
            columns.setdefault((label.head, label.tail), []).append(column)
        features = build_features(
            item.document.text,
            item.document.sentences,
            [cluster.mentions for cluster in item.document.clusters],
            tokenizer=tokenizer,
            max_pieces=atlop.encoder.max_pieces,
        )
        samples += [(window, columns) for window in features.windows]
    device = next(atlop.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        windows = [samples[n][0] for n in batch]
        inputs = collate(windows, pad_id=tokenizer.pad_token_id)
        labels = torch.cat([label_matrix(*samples[n], len(vocabulary)) for n in batch])
        logits = atlop(inputs.to(device)).logits
        return adaptive_thresholding_loss(logits.flatten(0, 1), labels.to(device).flatten(0, 1))

    lengths = [len(window.input_ids) for window, _ in samples]
    fit(atlop, lengths, loss_of, recipe=recipe, part="relations", state=state, report=report)


def label_matrix(
    window: Window, columns: Mapping[tuple[int, int], Sequence[int]], relations: int
) -> Tensor:
    """Return gold labels in the order of `collate`'s pairs: (pairs, 2, relations)."""
    pairs = list(combinations(window.entities, 2))
    labels = torch.zeros(len(pairs), 2, relations, dtype=torch.bool)
    for row, (first, second) in enumerate(pairs):
        for way, pair in enumerate(((first, second), (second, first))):
            for column in columns.get(pair, ()):
                labels[row, way, column] = True
    return labels


def calibrate(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
) -> Calibrator:
    """Fit the calibrator on documents that trained nothing else."""
    scores = score_gold(atlop, tokenizer, documents)
    gold = gold_triples(documents)
    # A model that is very sure leaves one kind of cell only near 0: then every cell counts.
    for floor in (CANDIDATE_MARGIN, -math.inf):
        best: dict[tuple[int, int, str, int], float] = {}
        for triple, margin in asserted_triples(scores, vocabulary, threshold=floor):
            best[triple] = max(margin, best.get(triple, margin))
        margins = np.array(list(best.values()), dtype=np.float64)
        holds = np.array([triple in gold for triple in best], dtype=np.bool_)
        if holds.any() and not holds.all():
            return fit_platt(margins, holds)
    raise DatasetRejected(
        f"the {len(documents)} calibration documents label no scored entity pair, or all"
    )
