"""Train ATLOP on labelled documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.batching import collate
from extractor.cells import gold_cells
from extractor.docred import LabelledDocument
from extractor.features import Window
from extractor.gold import gold_features, score_gold
from extractor.loss import evidence_loss, relation_loss
from extractor.model import Atlop, PairScores
from extractor.presets import Preset
from extractor.recipe import Recipe
from extractor.relations import RelationVocabulary
from extractor.trainer import Epoch, Progress, fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A window with what its pairs' labels say, sparsely."""

    window: Window
    labels: Tensor
    """(labels, 3): row of the pair, way (0: first -> second), logit column."""
    candidates: Tensor
    """(pairs, 2), bool: whether the pair trains: some relation may hold that way, by the types,
    and people have judged it."""
    evidence: tuple[tuple[int, tuple[int, ...]], ...]
    """Row of the pair and its evidence sentences, counted from the window's first."""


def train_relations(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    preset: Preset,
    recipe: Recipe,
    state: Path,
    report: Callable[[Progress], None],
    dev: Sequence[LabelledDocument] = (),
) -> tuple[Epoch, ...]:
    """Train ATLOP in place on gold mentions.

    With dev documents the weights of the epoch with the best F1 on them are kept, under the best
    single threshold, as the thresholds proper are tuned in the end.
    """
    samples = make_samples(atlop, tokenizer, documents, vocabulary)
    device = next(atlop.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        chosen = [samples[n] for n in batch]
        inputs = collate(
            [sample.window for sample in chosen],
            pad_id=tokenizer.pad_token_id,
            entity_types=atlop.config.entity_types,
        )
        return training_loss(atlop(inputs.to(device)), chosen, preset)

    def dev_f1() -> float:
        scored = score_gold(atlop, tokenizer, dev, vocabulary, precision=recipe.precision)
        return gold_cells(scored.windows, dev, vocabulary).best_f1()

    return fit(
        atlop,
        [len(sample.window.input_ids) for sample in samples],
        loss_of,
        recipe=recipe,
        part="relations",
        state=state,
        report=report,
        terms=[int(sample.candidates.sum()) for sample in samples],
        dev=dev_f1 if dev else None,
    )


def training_loss(output: PairScores, samples: Sequence[Sample], preset: Preset) -> Tensor:
    """Return the loss over the ordered pairs that types admit, and the evidence loss if wanted."""
    device = output.logits.device
    candidates = torch.cat([sample.candidates for sample in samples]).flatten().to(device)
    labels = label_matrix(samples, output.logits.shape[-1]).to(device)
    loss = relation_loss(
        output.logits.flatten(0, 1)[candidates], labels.flatten(0, 1)[candidates], preset.loss
    )
    if preset.evidence:
        rows, evidence = evidence_matrix(samples, output.sentence_shares.shape[1])
        if len(rows):
            shares = output.sentence_shares[rows.to(device)]
            loss = loss + preset.evidence * evidence_loss(shares, evidence.to(device))
    return loss


def make_samples(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
) -> list[Sample]:
    """Return the training samples: every window with a pair that trains, with its labels."""
    features = gold_features(atlop, tokenizer, documents, vocabulary)
    samples = (
        _sample(window, item, vocabulary)
        for item, built in zip(documents, features, strict=True)
        for window in built.windows
    )
    return [sample for sample in samples if sample.candidates.any()]


def _sample(window: Window, item: LabelledDocument, vocabulary: RelationVocabulary) -> Sample:
    rows: dict[tuple[int, int], tuple[int, int]] = {}
    for row, (one, other) in enumerate(window.pairs):
        rows[window.entities[one], window.entities[other]] = (row, 0)
        rows[window.entities[other], window.entities[one]] = (row, 1)
    labels: list[tuple[int, int, int]] = []
    evidence: dict[tuple[int, int], set[int]] = {}
    for label in item.labels:
        place = rows.get((label.head, label.tail))
        if place is None:
            continue
        labels.append((*place, vocabulary.column(label.relation)))
        inside = {sentence - window.first_sentence for sentence in label.evidence}
        evidence.setdefault(place, set()).update(inside & set(range(window.sentences)))
    candidates = torch.zeros(len(window.pairs), 2, dtype=torch.bool)
    types = dict(zip(window.entities, window.types, strict=True))
    for (head, tail), place in rows.items():
        judged = (head, tail) not in item.unjudged
        candidates[place] = judged and vocabulary.candidate(types[head], types[tail])
    return Sample(
        window=window,
        labels=torch.tensor(labels, dtype=torch.long).view(-1, 3),
        candidates=candidates,
        evidence=tuple(
            (row, tuple(sorted(found))) for (row, _), found in evidence.items() if found
        ),
    )


def label_matrix(samples: Sequence[Sample], relations: int) -> Tensor:
    """Return gold labels in the order of `collate`'s pairs: (pairs, 2, relations), bool."""
    pairs = [len(sample.window.pairs) for sample in samples]
    labels = torch.zeros(sum(pairs), 2, relations, dtype=torch.bool)
    start = 0
    for sample, count in zip(samples, pairs, strict=True):
        row, way, column = sample.labels.T
        labels[row + start, way, column] = True
        start += count
    return labels


def evidence_matrix(samples: Sequence[Sample], sentences: int) -> tuple[Tensor, Tensor]:
    """Return rows of pairs with evidence, and their sentences: (rows,), (rows, sentences) bool."""
    rows: list[int] = []
    found: list[tuple[int, ...]] = []
    start = 0
    for sample in samples:
        rows += [start + row for row, _ in sample.evidence]
        found += [marked for _, marked in sample.evidence]
        start += len(sample.window.pairs)
    matrix = torch.zeros(len(rows), sentences, dtype=torch.bool)
    for line, marked in zip(matrix, found, strict=True):
        line[list(marked)] = True
    return torch.tensor(rows, dtype=torch.long), matrix
