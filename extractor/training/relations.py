"""Train ATLOP on labelled documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.features import Window
from extractor.atlop.loss import SOFT_LOSSES, evidence_loss, relation_loss
from extractor.atlop.model import Atlop, PairScores
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.cells import gold_cells
from extractor.evaluation.gold import gold_features, score_gold
from extractor.relations import THRESHOLD_COLUMN, RelationVocabulary
from extractor.training.presets import Preset
from extractor.training.recipe import Recipe
from extractor.training.teaching import TaughtDocument
from extractor.training.trainer import Epoch, TrainingProgress, fit

NO_CELLS = torch.zeros(0, 3, dtype=torch.long)
FAR_BELOW = -1e4
"""A logit so far below TH that its relation costs nothing under any loss, and has no gradient."""


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
    optional: Tensor = NO_CELLS
    """(cells, 3), as `labels`: what an annotator may or may not list, which trains nothing."""
    chances: Tensor | None = None
    """(pairs, 2, relations without TH), instead of labels where teachers gave them."""


def train_relations(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    preset: Preset,
    recipe: Recipe,
    state: Path,
    report: Callable[[TrainingProgress], None],
    dev: Sequence[LabelledDocument] = (),
    taught: Sequence[TaughtDocument] = (),
) -> tuple[Epoch, ...]:
    """Train ATLOP in place on gold mentions.

    With dev documents the weights of the epoch with the best F1 on them are kept, under the best
    single threshold, as the thresholds proper are tuned in the end.

    Raises:
        ValueError: documents are taught, and the preset's loss takes no soft labels.
    """
    if taught and preset.loss not in SOFT_LOSSES:
        raise ValueError(f"the loss {preset.loss} takes no soft labels; {SOFT_LOSSES} do")
    samples = make_samples(atlop, tokenizer, documents, vocabulary)
    samples += taught_samples(atlop, tokenizer, taught, vocabulary)
    device = next(atlop.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        chosen = [samples[n] for n in batch]
        inputs = collate(
            [sample.window for sample in chosen],
            pad_id=tokenizer.pad_token_id,
            entity_types=atlop.config.entity_types,
        )
        return training_losses(atlop(inputs.to(device)), chosen, preset)

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
        terms=[(int(sample.candidates.sum()), len(sample.evidence)) for sample in samples],
        dev=dev_f1 if dev else None,
    )


def training_losses(output: PairScores, samples: Sequence[Sample], preset: Preset) -> Tensor:
    """Return the mean loss over the pairs that train, and the weighted mean evidence loss: (2,).

    The second is 0 where evidence is not wanted or nobody marked any.
    """
    device = output.logits.device
    candidates = torch.cat([sample.candidates for sample in samples]).flatten().to(device)
    labels = label_matrix(samples, output.logits.shape[-1]).to(device)
    optional = optional_matrix(samples, output.logits.shape[-1]).to(device)
    logits = output.logits.masked_fill(optional, FAR_BELOW)
    relations = relation_loss(
        logits.flatten(0, 1)[candidates], labels.flatten(0, 1)[candidates], preset.loss
    )
    sentences = relations.new_zeros(())
    if preset.evidence:
        rows, evidence = evidence_matrix(samples, output.sentence_shares.shape[1])
        if len(rows):
            shares = output.sentence_shares[rows.to(device)]
            sentences = preset.evidence * evidence_loss(shares, evidence.to(device))
    return torch.stack((relations, sentences))


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


def taught_samples(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    taught: Sequence[TaughtDocument],
    vocabulary: RelationVocabulary,
) -> list[Sample]:
    """Return the samples of documents that teachers labelled softly; they have no evidence."""
    documents = [replace(each.item, labels=()) for each in taught]
    features = gold_features(atlop, tokenizer, documents, vocabulary)
    return [
        replace(_sample(window, item, vocabulary), chances=torch.from_numpy(chances))
        for item, built, each in zip(documents, features, taught, strict=True)
        for window, chances in zip(built.windows, each.chances, strict=True)
    ]


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
    optional = [
        (*rows[head, tail], vocabulary.column(relation))
        for head, relation, tail in sorted(item.optional)
        if (head, tail) in rows
    ]
    candidates = torch.zeros(len(window.pairs), 2, dtype=torch.bool)
    types = dict(zip(window.entities, window.types, strict=True))
    for (head, tail), place in rows.items():
        labelled = (head, tail) not in item.unjudged
        candidates[place] = labelled and vocabulary.candidate(types[head], types[tail])
    return Sample(
        window=window,
        labels=torch.tensor(labels, dtype=torch.long).view(-1, 3),
        candidates=candidates,
        optional=torch.tensor(optional, dtype=torch.long).view(-1, 3),
        evidence=tuple(
            (row, tuple(sorted(found))) for (row, _), found in evidence.items() if found
        ),
    )


def label_matrix(samples: Sequence[Sample], relations: int) -> Tensor:
    """Return labels in the order of `collate`'s pairs: (pairs, 2, relations).

    They are bool, or fp32 where one of the samples has chances.
    """
    pairs = [len(sample.window.pairs) for sample in samples]
    soft = any(sample.chances is not None for sample in samples)
    labels = torch.zeros(sum(pairs), 2, relations, dtype=torch.float32 if soft else torch.bool)
    start = 0
    for sample, count in zip(samples, pairs, strict=True):
        if sample.chances is not None:
            labels[start : start + count, :, THRESHOLD_COLUMN + 1 :] = sample.chances
        row, way, column = sample.labels.T
        labels[row + start, way, column] = 1
        start += count
    return labels


def optional_matrix(samples: Sequence[Sample], relations: int) -> Tensor:
    """Return which cells train nothing, as `label_matrix` orders them: (pairs, 2, relations)."""
    pairs = [len(sample.window.pairs) for sample in samples]
    optional = torch.zeros(sum(pairs), 2, relations, dtype=torch.bool)
    start = 0
    for sample, count in zip(samples, pairs, strict=True):
        row, way, column = sample.optional.T
        optional[row + start, way, column] = True
        start += count
    return optional


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
