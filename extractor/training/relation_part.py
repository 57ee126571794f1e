"""The relation model of a training plan: by way of teachers where it has documents for them, and
with the last word to people where they corrected some.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from extractor.atlop.model import Atlop
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import RelationSplit, without_labels
from extractor.encoder.encoder import Encoder, pretrained_encoder
from extractor.relations import RelationVocabulary
from extractor.text.pieces import load_tokenizer
from extractor.training.correcting import learn_corrections
from extractor.training.plan import TrainingPlan
from extractor.training.presets import Preset
from extractor.training.recipe import Recipe
from extractor.training.relations import train_relations
from extractor.training.teaching import TEACHER_LOSS, TaughtDocument, teach
from extractor.training.trainer import Epoch, TrainingProgress


def taught_documents(
    plan: TrainingPlan,
    split: RelationSplit,
    vocabulary: RelationVocabulary,
    report: Callable[[TrainingProgress], None],
) -> list[TaughtDocument]:
    """Train the teachers, each with a seed of its own, and let them label what nobody did."""
    if plan.unlabelled is None:
        return []
    documents = without_labels(read_docred(plan.unlabelled), split)
    preset = replace(plan.preset, loss=TEACHER_LOSS)
    teachers = []
    for number, recipe in enumerate(plan.recipes_of_teachers, start=1):
        part = f"teacher {number}"
        teachers.append(trained_atlop(plan, preset, recipe, part, split, vocabulary, report)[0])
    return teach(
        teachers,
        load_tokenizer(plan.source),
        documents,
        vocabulary,
        precision=plan.relation_recipe.precision,
    )


def trained_atlop(
    plan: TrainingPlan,
    preset: Preset,
    recipe: Recipe,
    part: str,
    split: RelationSplit,
    vocabulary: RelationVocabulary,
    report: Callable[[TrainingProgress], None],
    taught: Sequence[TaughtDocument] = (),
    start: Atlop | None = None,
) -> tuple[Atlop, tuple[Epoch, ...]]:
    """Return an ATLOP trained on all but corrections, and what its epochs gave.

    One that was trained before is loaded.

    Args:
        start: a trained one to go on from; else a new one over the pretrained encoder.
    """
    documents = [item for item in split.train if not item.corrected]
    if start is None:
        atlop = new_atlop(preset, documents, vocabulary, plan.source, seed=recipe.seed)
    else:
        atlop = start
        atlop.shift.zero_()  # thresholds are tuned anew: a loss wants the log-odds
        freeze_words(atlop.encoder)
    epochs = train_relations(
        atlop.to(plan.device),
        load_tokenizer(plan.source),
        documents,
        vocabulary,
        preset=preset,
        recipe=recipe,
        state=plan.part_state(part, [plan.relations], vocabulary),
        report=lambda progress: report(replace(progress, part=part)),
        dev=split.dev,
        taught=taught,
    )
    return atlop, epochs


def correct_atlop(
    plan: TrainingPlan,
    atlop: Atlop,
    corrected: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    report: Callable[[TrainingProgress], None],
) -> None:
    """Let a trained ATLOP learn what people corrected, if anything."""
    if not corrected:
        return
    learn_corrections(
        atlop,
        load_tokenizer(plan.source),
        corrected,
        vocabulary,
        preset=plan.preset,
        recipe=plan.correction_recipe,
        state=plan.part_state("corrections", [plan.relations], vocabulary),
        report=lambda progress: report(replace(progress, part="corrections")),
    )


def new_atlop(
    preset: Preset,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    source: Path | str,
    *,
    seed: int,
) -> Atlop:
    """Return an untrained ATLOP over a pretrained encoder, for the entity types of documents."""
    encoder = frozen_encoder(source)
    types = sorted({cluster.type for item in documents for cluster in item.document.clusters})
    config = preset.config(relations=len(vocabulary), width=encoder.width, entity_types=types)
    torch.manual_seed(seed)
    return Atlop(encoder, config)


def frozen_encoder(source: Path | str) -> Encoder:
    """Return a pretrained encoder whose word embeddings do not train."""
    encoder = Encoder(pretrained_encoder(source))
    freeze_words(encoder)
    return encoder


def freeze_words(encoder: Encoder) -> None:
    """Keep the word embeddings of an encoder as they are, so that two models share them."""
    embeddings = encoder.transformer.get_input_embeddings()  # type: ignore[operator]
    assert isinstance(embeddings, nn.Module)
    embeddings.requires_grad_(False)
