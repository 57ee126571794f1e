"""Run ATLOP over the windows of many documents, in batches of similar length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from extractor.atlop.collate import collate
from extractor.atlop.features import Features, Window
from extractor.atlop.model import Atlop
from extractor.encoder.batching import DEFAULT_BUDGET, AfterBatch, Budget, halving, within
from extractor.encoder.precision import Precision, products_in
from extractor.relations import THRESHOLD_COLUMN, RelationVocabulary

NOT_ADMITTED = -1e4
"""Margin of a relation that the types of head and tail rule out."""


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
    atlop: Atlop,
    documents: Sequence[Features],
    *,
    pad_id: int,
    vocabulary: RelationVocabulary | None = None,
    budget: Budget = DEFAULT_BUDGET,
    precision: Precision = "fp32",
    asserted_only: bool = False,
    after_batch: AfterBatch = lambda owners: None,
) -> list[list[WindowScores]]:
    """Score the windows of each document; out of GPU memory halves the batch.

    Args:
        atlop: the model, on the device that is to run it.
        documents: what to score.
        pad_id: the tokenizer's padding.
        vocabulary: rules out relations by the types of head and tail, where it constrains them.
        budget: what one batch may hold.
        precision: of matrix products; margins are fp32 always.
        asserted_only: leave out pairs without any margin above 0, which are most.
        after_batch: told which documents each batch of windows was of.

    Raises:
        torch.OutOfMemoryError: a single window does not fit.
        FloatingPointError: a margin is not finite.
    """
    owners = [(n, window) for n, features in enumerate(documents) for window in features.windows]
    windows = [window for _, window in owners]
    results: list[WindowScores | None] = [None] * len(windows)

    def run(indices: Sequence[int]) -> None:
        chosen = [windows[index] for index in indices]
        scored = _score_batch(atlop, chosen, pad_id, precision)
        for index, (margins, shares) in zip(indices, scored, strict=True):
            scores = _window_scores(windows[index], margins, shares, vocabulary)
            results[index] = _asserted(scores) if asserted_only else scores

    lengths = [len(window.input_ids) for window in windows]
    pairs = [len(window.pairs) for window in windows]
    for indices in within(budget, lengths, pairs):
        halving(indices, run)
        after_batch([owners[index][0] for index in indices])
    by_document: list[list[WindowScores]] = [[] for _ in documents]
    for (owner, _), result in zip(owners, results, strict=True):
        assert result is not None
        by_document[owner].append(result)
    return by_document


@torch.inference_mode()
def _score_batch(
    atlop: Atlop, windows: Sequence[Window], pad_id: int, precision: Precision
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return margins and sentence shares of each window."""
    device = next(atlop.parameters()).device
    batch = collate(windows, pad_id=pad_id, entity_types=atlop.config.entity_types).to(device)
    with products_in(precision, device):
        output = atlop.margins(batch)
    margins = output.logits[..., THRESHOLD_COLUMN + 1 :].float()
    if not margins.isfinite().all():
        raise FloatingPointError("the model gave a margin that is not finite")
    ends = np.cumsum([len(window.pairs) for window in windows])[:-1].tolist()
    by_window = np.split(margins.cpu().numpy(), ends)
    return list(zip(by_window, np.split(output.sentence_shares.cpu().numpy(), ends), strict=True))


def _window_scores(
    window: Window,
    margins: NDArray[np.float32],
    shares: NDArray[np.float32],
    vocabulary: RelationVocabulary | None,
) -> WindowScores:
    if vocabulary is not None and vocabulary.constraints:
        margins = np.where(_admitted(window, vocabulary), margins, np.float32(NOT_ADMITTED))
    return WindowScores(
        pairs=tuple((window.entities[one], window.entities[other]) for one, other in window.pairs),
        margins=margins,
        first_sentence=window.first_sentence,
        sentence_shares=shares[:, : window.sentences],
    )


def _asserted(scores: WindowScores) -> WindowScores:
    """Return the pairs that a relation is above 0 of, without the arrays of the whole batch."""
    rows = np.flatnonzero((scores.margins > 0).any(axis=(1, 2)))
    return WindowScores(
        pairs=tuple(scores.pairs[row] for row in rows.tolist()),
        margins=scores.margins[rows],
        first_sentence=scores.first_sentence,
        sentence_shares=scores.sentence_shares[rows],
    )


def _admitted(window: Window, vocabulary: RelationVocabulary) -> NDArray[np.bool_]:
    """Return which relations the types admit, (pairs, 2, relations without TH)."""
    types = [(window.types[first], window.types[second]) for first, second in window.pairs]
    by_types = {
        way: [vocabulary.admits(relation, *way) for relation in vocabulary.ids]
        for one, other in types
        for way in ((one, other), (other, one))
    }
    return np.array([[by_types[one, other], by_types[other, one]] for one, other in types])
