"""Run ATLOP over the windows of many documents, in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from extractor.batching import by_length, collate, halving, pair_counts
from extractor.features import Features, Window
from extractor.model import Atlop
from extractor.relations import THRESHOLD_COLUMN


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowScores:
    """What ATLOP says of the entity pairs of one window."""

    pairs: tuple[tuple[int, int], ...]
    """Unordered pairs as indices of the document's entities."""
    margins: NDArray[np.float32]
    """(pairs, 2, relations without TH): first -> second, then second -> first."""
    first_sentence: int
    sentence_shares: NDArray[np.float32]
    """(pairs, sentences from first_sentence on): localized context attention on each sentence."""


def score(
    atlop: Atlop, documents: Sequence[Features], *, pad_id: int, batch_windows: int
) -> list[list[WindowScores]]:
    """Score the windows of each document; out of GPU memory halves the batch.

    Raises:
        torch.OutOfMemoryError: a single window does not fit.
    """
    owners = [(n, window) for n, features in enumerate(documents) for window in features.windows]
    windows = [window for _, window in owners]
    results: list[WindowScores | None] = [None] * len(windows)

    def run(indices: Sequence[int]) -> None:
        chosen = [windows[index] for index in indices]
        for index, scores in zip(indices, _score_batch(atlop, chosen, pad_id), strict=True):
            results[index] = scores

    for indices in by_length(windows, size=batch_windows, length=lambda w: len(w.input_ids)):
        halving(indices, run)
    scored: list[list[WindowScores]] = [[] for _ in documents]
    for (owner, _), result in zip(owners, results, strict=True):
        assert result is not None
        scored[owner].append(result)
    return scored


@torch.inference_mode()
def _score_batch(atlop: Atlop, windows: Sequence[Window], pad_id: int) -> list[WindowScores]:
    device = next(atlop.parameters()).device
    output = atlop(collate(windows, pad_id=pad_id).to(device))
    margins = output.logits - output.logits[..., THRESHOLD_COLUMN, None]
    if not margins.isfinite().all():
        raise FloatingPointError("the model gave a margin that is not finite")
    counts = pair_counts(windows)
    scores = []
    for window, rows, weights in zip(
        windows, margins.split(counts), output.context_weights.split(counts), strict=True
    ):
        first, shares = _sentence_shares(window, weights)
        scores.append(
            WindowScores(
                pairs=tuple(combinations(window.entities, 2)),
                margins=rows[..., THRESHOLD_COLUMN + 1 :].cpu().numpy(),
                first_sentence=first,
                sentence_shares=shares.cpu().numpy(),
            )
        )
    return scores


def _sentence_shares(window: Window, weights: Tensor) -> tuple[int, Tensor]:
    """Sum context weights by sentence (DREEAM's evidence score): (pairs, sentences)."""
    known = [sentence for sentence in window.sentence_of_piece if sentence >= 0]
    if not known:
        return 0, weights.new_zeros(len(weights), 1)
    first, last = min(known), max(known)
    column = torch.tensor(
        [
            sentence - first if sentence >= 0 else last - first + 1
            for sentence in window.sentence_of_piece
        ],
        device=weights.device,
    )
    shares = weights.new_zeros(len(weights), last - first + 2)
    shares.index_add_(1, column, weights[:, : len(column)])
    return first, shares[:, :-1]
