"""The mention detector of a training plan: trained from the start or further, or its base's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import torch
from transformers import PreTrainedTokenizerBase

from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import RelationSplit, titles
from extractor.errors import DatasetRejected
from extractor.files import file_hash
from extractor.mentions.tagger import MentionTagger
from extractor.relations import RelationVocabulary
from extractor.training.mentions import train_mentions
from extractor.training.plan import TrainingPlan
from extractor.training.relation_part import freeze_words, frozen_encoder
from extractor.training.trainer import TrainingProgress


def mention_part(
    plan: TrainingPlan,
    base: Checkpoint | None,
    split: RelationSplit,
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: RelationVocabulary,
    report: Callable[[TrainingProgress], None],
) -> tuple[MentionTagger, TrainingRecord]:
    """Train a mention detector, or keep the base checkpoint's with what its record says of it."""
    if not plan.mentions:
        if base is None:
            raise DatasetRejected("give documents to train mentions on, or a base checkpoint")
        if tokenizer.get_vocab() != base.tokenizer.get_vocab():
            raise DatasetRejected(
                "the base checkpoint's mention detector reads other word pieces than this encoder: "
                "give documents to train mentions on"
            )
        return kept_mentions(base)
    documents = _mention_documents(plan, split)
    torch.manual_seed(plan.mention_recipe.seed)
    if base is not None and plan.continued:
        tagger = base.tagger.to(plan.device)
        freeze_words(tagger.encoder)
    else:
        tagger = MentionTagger(frozen_encoder(plan.source)).to(plan.device)
    state = plan.part_state("mentions", plan.mentions, vocabulary)
    train_mentions(tagger, tokenizer, documents, plan.mention_recipe, state, report)
    return tagger, TrainingRecord(
        mention_titles=titles(documents),
        mention_files={file.name: file_hash(file) for file in plan.mentions},
        recipes={"mentions": asdict(plan.mention_recipe)},
    )


def _mention_documents(plan: TrainingPlan, split: RelationSplit) -> list[LabelledDocument]:
    """Return what mentions are trained on: each title once, none that chooses or compares."""
    kept = frozenset(titles((*split.dev, *split.held_out)))
    documents = {
        item.document.title: item
        for file in plan.mentions
        for item in read_docred(file)
        if item.document.title not in kept
    }
    if not documents:
        raise DatasetRejected(
            f"{', '.join(file.name for file in plan.mentions)}: all documents are held out, or "
            "choose thresholds, which leaves none to train mentions on: give others"
        )
    return list(documents.values())


def kept_mentions(base: Checkpoint) -> tuple[MentionTagger, TrainingRecord]:
    """Return the mention detector of a checkpoint, with what its record says of it."""
    return base.tagger, TrainingRecord(
        mention_titles=base.record.mention_titles,
        mention_files=base.record.mention_files,
        recipes={"mentions": base.record.recipes.get("mentions")},
    )
