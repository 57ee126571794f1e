"""A plan -> a checkpoint, scored and described as it is stored.

Relations are trained on labelled documents without the held-out fifth, what people corrected last;
a tenth of what is left, the dev documents, chooses the epoch, the thresholds and the evidence rule
and fits the calibrator, and trains nothing. Mentions are trained on documents with gold mentions.
The word embeddings stay as they were pretrained, so that both models share them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from extractor.atlop.loss import SOFT_LOSSES
from extractor.atlop.model import Atlop
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.datasets.docred import LabelledDocument
from extractor.datasets.reading import read_labelled
from extractor.datasets.splits import RelationSplit, read_vocabulary_file, split_documents, titles
from extractor.datasets.statistics import signatures
from extractor.errors import CheckpointRejected, DatasetRejected
from extractor.evaluation.decisions import fit_decisions
from extractor.evaluation.scores import evaluate_mentions, evaluate_relations, unseen_by_detectors
from extractor.files import file_hash
from extractor.mentions.tagger import MentionTagger
from extractor.packing import pack, unpack
from extractor.relations import RelationVocabulary
from extractor.text.pieces import load_tokenizer
from extractor.training.card import model_card
from extractor.training.circumstances_part import learned_circumstances
from extractor.training.mention_part import mention_part
from extractor.training.plan import TrainingPlan
from extractor.training.relation_part import (
    correct_atlop,
    taught_documents,
    trained_atlop,
)
from extractor.training.trainer import Epoch, TrainingProgress

Report = Callable[[TrainingProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModels:
    """The two models of a checkpoint that is to be, and what they learnt from."""

    atlop: Atlop
    epochs: Sequence[Epoch]
    """What each of its epochs gave."""
    taught: Sequence[LabelledDocument]
    """Documents that teachers labelled for it."""
    tagger: MentionTagger
    mention_record: TrainingRecord
    """What the mention detector was trained on."""
    languages: tuple[str, ...]
    """Those that the checkpoint speaks."""
    start: Checkpoint | None = None
    """The one whose relations training went on from."""


def train(plan: TrainingPlan, report: Report) -> Checkpoint:
    """Train, calibrate, save, score and describe a checkpoint; return it as it was stored.

    Raises:
        DatasetRejected: a file cannot be used, or nothing says where mentions come from.
        CheckpointRejected: the output is a finished checkpoint, or holds somebody's files.
    """
    # The state goes last: where there is one, a kill came before the scores and the card.
    if is_taken(plan.output) and not plan.state_folder.exists():
        raise CheckpointRejected(f"{plan.output} is not empty: choose another folder")
    base = Checkpoint.from_pretrained(plan.base) if plan.base else None
    vocabulary = _vocabulary(plan, base)
    split = split_documents(
        read_labelled(
            plan.relations,
            vocabulary=vocabulary,
            documents=plan.documents,
            entities=plan.entities,
        )
    )
    corrected = [item for item in split.train if item.corrected]
    uncorrected = len(split.train) - len(corrected)
    if not uncorrected or not split.dev:
        raise DatasetRejected(
            f"{plan.relations}: without the held-out fifth, {uncorrected} documents are left "
            f"to train on and {len(split.dev)} to choose thresholds with; both need at least one"
        )
    if corrected and plan.preset.loss not in SOFT_LOSSES:
        raise DatasetRejected(
            f"{plan.relations} holds corrections, which the loss {plan.preset.loss} cannot learn: "
            f"choose one of {', '.join(SOFT_LOSSES)}"
        )
    tokenizer = load_tokenizer(plan.source)
    tagger, record = mention_part(plan, base, split, tokenizer, vocabulary, report)
    taught = taught_documents(plan, split, vocabulary, report)
    start = _start(base, vocabulary) if plan.continued else None
    atlop, epochs = trained_atlop(
        plan,
        plan.preset,
        plan.relation_recipe,
        "relations",
        split,
        vocabulary,
        report,
        taught,
        start,
    )
    correct_atlop(plan, atlop, corrected, vocabulary, report)
    models = TrainedModels(
        atlop=atlop,
        epochs=epochs,
        taught=[each.item for each in taught],
        tagger=tagger,
        mention_record=record,
        languages=base.languages if base else ("en",),
        start=base if plan.continued else None,
    )
    stored = finish(plan, models, split, vocabulary)
    shutil.rmtree(plan.state_folder)
    return stored


def _start(base: Checkpoint | None, vocabulary: RelationVocabulary) -> Atlop:
    """Return the relation model that training goes on from."""
    assert base is not None  # the plan says so
    if base.relations != vocabulary:
        raise DatasetRejected(
            f"{base.name} has other relations than the vocabulary: a training that goes on keeps "
            "its relations; leave --from-champion out"
        )
    return base.atlop


def is_taken(output: Path) -> bool:
    """Tell whether something is where a checkpoint is to go."""
    return output.exists() and (not output.is_dir() or any(output.iterdir()))


def finish(
    plan: TrainingPlan, models: TrainedModels, split: RelationSplit, vocabulary: RelationVocabulary
) -> Checkpoint:
    """Fit the decisions of trained models, save them, score them; return them as they were stored.

    Args:
        plan: what they were trained by.
        models: their weights are rounded here as storing rounds them, so that the decisions fit
            what is served.
        split: the labelled documents.
        vocabulary: the relations.
    """
    tokenizer = load_tokenizer(plan.source)
    atlop, record = models.atlop, models.mention_record
    corrected = any(item.corrected for item in split.train)
    for model in (atlop, models.tagger):
        model.load_state_dict(unpack(pack(model.state_dict())))
    decisions = fit_decisions(
        atlop, tokenizer, split.dev, vocabulary, thresholding=plan.preset.thresholding
    )
    checkpoint = Checkpoint(
        atlop=atlop,
        tagger=models.tagger,
        tokenizer=tokenizer,
        relations=vocabulary,
        calibrator=decisions.calibrator,
        evidence=decisions.evidence,
        signatures=signatures(split.train),
        languages=models.languages,
        record=_with_what_was_seen_before(
            replace(
                record,
                relation_titles=titles(split.train),
                unlabelled_titles=titles(models.taught),
                dev_titles=titles(split.dev),
                relation_files={plan.relations.name: file_hash(plan.relations)},
                recipes={
                    **record.recipes,
                    "relations": asdict(plan.relation_recipe),
                    "corrections": asdict(plan.correction_recipe) if corrected else None,
                    "teachers": [
                        asdict(each) for each in plan.recipes_of_teachers if models.taught
                    ],
                    "preset": asdict(plan.preset),
                },
            ),
            models.start,
        ),
    )
    circumstances = learned_circumstances(checkpoint, split.dev, device=plan.device)
    replace(checkpoint, circumstances=circumstances).save_pretrained(plan.output)
    return describe_checkpoint(plan.output, split, models.epochs)


def _with_what_was_seen_before(record: TrainingRecord, start: Checkpoint | None) -> TrainingRecord:
    """Return a record that also has the documents and files of the checkpoint gone on from."""
    if start is None:
        return record
    before = start.record

    def both(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({*one, *other}))

    return replace(
        record,
        relation_titles=both(record.relation_titles, before.relation_titles),
        unlabelled_titles=both(record.unlabelled_titles, before.unlabelled_titles),
        dev_titles=both(record.dev_titles, before.dev_titles),
        mention_titles=both(record.mention_titles, before.mention_titles),
        relation_files={**before.relation_files, **record.relation_files},
        mention_files={**before.mention_files, **record.mention_files},
        went_on_from=start.name,
    )


def _vocabulary(plan: TrainingPlan, base: Checkpoint | None) -> RelationVocabulary:
    if plan.vocabulary is not None:
        return read_vocabulary_file(plan.vocabulary)
    if base is None:
        raise DatasetRejected("give a relation vocabulary, or a base checkpoint that has one")
    return base.relations


def describe_checkpoint(folder: Path, split: RelationSplit, epochs: Sequence[Epoch]) -> Checkpoint:
    """Score a checkpoint as it is stored, for its weights are rounded; write scores and card."""
    stored = Checkpoint.from_pretrained(folder)
    relations = (
        evaluate_relations(stored, split.held_out, training_documents=split.train)
        if split.held_out
        else None
    )
    scores = {
        # Single relations by document would be most of the file: `evaluate --results` has them.
        "relations": asdict(replace(relations, by_relation={})) if relations else None,
        "mentions": _mention_scores(stored, split),
        "epochs": [asdict(epoch) for epoch in epochs],
    }
    (folder / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(stored, scores), encoding="utf-8")
    return stored


def _mention_scores(checkpoint: Checkpoint, split: RelationSplit) -> dict[str, Any] | None:
    """Return the detector's scores on what it has not seen; None where not all of it is marked."""
    unseen = unseen_by_detectors(split.all, checkpoint)
    if not unseen:
        return None
    span, typed = evaluate_mentions(checkpoint, unseen)
    return {"span": asdict(span), "typed": asdict(typed)}
