"""Train a checkpoint: `python -m extractor.training`, also where only torch is installed.

Relations are trained on labelled documents without the held-out fifth; a tenth of what is left fits
the calibrator and trains nothing else. Mentions are trained on documents with gold mentions. The
word embeddings stay as they were pretrained, so that both models share them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

from extractor.card import model_card
from extractor.checkpoint import Checkpoint, TrainingRecord, load_checkpoint, save_checkpoint
from extractor.docred import read_docred
from extractor.encoder import Encoder, default_encoder, load_tokenizer, pretrained_encoder
from extractor.errors import CheckpointRejected, DatasetRejected
from extractor.evaluation import evaluate_mentions, evaluate_relations
from extractor.mention_training import train_mentions
from extractor.mentions import MentionTagger
from extractor.model import BLOCK, Atlop, AtlopConfig
from extractor.relation_training import calibrate, train_relations
from extractor.relations import RelationVocabulary
from extractor.splits import RelationSplit, file_hash, read_vocabulary, split_documents, titles
from extractor.trainer import Progress, Recipe

RELATION_RECIPE = Recipe()
MENTION_RECIPE = Recipe(epochs=6, batch_size=8)
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """What to train, on what, and where to."""

    relations: Path
    """Labelled documents in DocRED's format."""
    vocabulary: Path | None
    """JSON object, relation id -> English name; without any, the vocabulary of `base` is kept."""
    mentions: Path | None
    """Documents with gold mentions; without any, the mention detector of `base` is kept."""
    output: Path
    encoder: Path | str | None = None
    """A local path or hub name; the MiniLM of an installed package if there is none."""
    base: Path | None = None
    """The checkpoint that gives what is not trained."""
    state: Path | None = None
    """Where training saves its state; '<output>.state' if not given."""
    relation_recipe: Recipe = RELATION_RECIPE
    mention_recipe: Recipe = MENTION_RECIPE
    device: str = "cpu"

    @property
    def state_folder(self) -> Path:
        """Where training saves its state until the checkpoint is written."""
        return self.state or self.output.with_name(f"{self.output.name}.state")

    def part_state(self, part: str, file: Path, vocabulary: RelationVocabulary) -> Path:
        """Return the state folder of a part: other labels, relations or encoders have another."""
        told = json.dumps([file_hash(file), dict(vocabulary.names), str(self.encoder)])
        return self.state_folder / f"{part}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def train(plan: TrainingPlan, report: Report) -> Checkpoint:
    """Train, calibrate, save, score and describe a checkpoint; return it as it was stored.

    Raises:
        DatasetRejected: a file cannot be used, or nothing says where mentions come from.
        CheckpointRejected: the output folder holds a checkpoint already.
    """
    if (plan.output / "config.json").exists():
        raise CheckpointRejected(f"{plan.output} holds a checkpoint: choose another folder")
    base = load_checkpoint(plan.base) if plan.base else None
    vocabulary = _vocabulary(plan, base)
    split = split_documents(read_docred(plan.relations))
    if not split.train or not split.calibration:
        raise DatasetRejected(
            f"{plan.relations}: without the held-out fifth, {len(split.train)} documents are left "
            f"to train on and {len(split.calibration)} to calibrate on; both need at least one"
        )
    source = plan.encoder or default_encoder()
    tokenizer = load_tokenizer(source)
    tagger, record = _mention_part(plan, base, split, tokenizer, vocabulary, report)
    encoder = frozen_encoder(source)
    config = AtlopConfig(
        relations=len(vocabulary),
        extractor_width=encoder.width,
        block=math.gcd(encoder.width, BLOCK),
    )
    torch.manual_seed(plan.relation_recipe.seed)
    atlop = Atlop(encoder, config).to(plan.device)
    state = plan.part_state("relations", plan.relations, vocabulary)
    train_relations(atlop, tokenizer, split.train, vocabulary, plan.relation_recipe, state, report)
    save_checkpoint(
        plan.output,
        atlop=atlop,
        tagger=tagger,
        tokenizer=tokenizer,
        relations=vocabulary,
        calibrator=calibrate(atlop, tokenizer, split.calibration, vocabulary),
        record=replace(
            record,
            relation_titles=titles(split.train),
            calibration_titles=titles(split.calibration),
            relation_files={plan.relations.name: file_hash(plan.relations)},
            recipes={**record.recipes, "relations": asdict(plan.relation_recipe)},
        ),
    )
    stored = describe(plan.output, split)
    shutil.rmtree(plan.state_folder, ignore_errors=True)
    return stored


def _vocabulary(plan: TrainingPlan, base: Checkpoint | None) -> RelationVocabulary:
    if plan.vocabulary is not None:
        return read_vocabulary(plan.vocabulary)
    if base is None:
        raise DatasetRejected("give a relation vocabulary, or a base checkpoint that has one")
    return base.relations


def _mention_part(
    plan: TrainingPlan,
    base: Checkpoint | None,
    split: RelationSplit,
    tokenizer: PreTrainedTokenizerBase,
    vocabulary: RelationVocabulary,
    report: Report,
) -> tuple[MentionTagger, TrainingRecord]:
    """Train a mention detector, or keep the base checkpoint's with what its record says of it."""
    if plan.mentions is None:
        if base is None:
            raise DatasetRejected("give documents to train mentions on, or a base checkpoint")
        if tokenizer.get_vocab() != base.tokenizer.get_vocab():
            raise DatasetRejected(
                "the base checkpoint's mention detector reads other word pieces than this encoder: "
                "give documents to train mentions on"
            )
        return base.tagger, TrainingRecord(
            mention_titles=base.record.mention_titles,
            mention_files=base.record.mention_files,
            recipes={"mentions": base.record.recipes.get("mentions")},
        )
    labelled = frozenset(titles(split.all))
    documents = [d for d in read_docred(plan.mentions) if d.document.title not in labelled]
    torch.manual_seed(plan.mention_recipe.seed)
    tagger = MentionTagger(frozen_encoder(plan.encoder or default_encoder())).to(plan.device)
    state = plan.part_state("mentions", plan.mentions, vocabulary)
    train_mentions(tagger, tokenizer, documents, plan.mention_recipe, state, report)
    return tagger, TrainingRecord(
        mention_titles=titles(documents),
        mention_files={plan.mentions.name: file_hash(plan.mentions)},
        recipes={"mentions": asdict(plan.mention_recipe)},
    )


def frozen_encoder(source: Path | str) -> Encoder:
    """Return a pretrained encoder whose word embeddings do not train."""
    encoder = Encoder(pretrained_encoder(source))
    embeddings = encoder.transformer.get_input_embeddings()  # type: ignore[operator]
    assert isinstance(embeddings, nn.Module)
    embeddings.requires_grad_(False)
    return encoder


def describe(folder: Path, split: RelationSplit) -> Checkpoint:
    """Score a checkpoint as it is stored, for its weights are rounded; write scores and card."""
    stored = load_checkpoint(folder)
    relations = (
        evaluate_relations(stored, split.held_out, training_documents=split.train)
        if split.held_out
        else None
    )
    trained = frozenset(stored.record.mention_titles)
    unseen = [item for item in split.all if item.document.title not in trained]
    span, typed = evaluate_mentions(stored.tagger, stored.tokenizer, unseen, stored.record)
    scores = {
        "relations": asdict(relations) if relations else None,
        "mentions": {"span": asdict(span), "typed": asdict(typed)},
    }
    (folder / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(model_card(stored, scores), encoding="utf-8")
    return stored


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a Factloom checkpoint.")
    parser.add_argument("--relations", type=Path, required=True, help="labelled DocRED-format file")
    parser.add_argument(
        "--vocabulary", type=Path, help="relation id -> name, JSON; else the base's"
    )
    parser.add_argument("--mentions", type=Path, help="DocRED-format file with gold mentions")
    parser.add_argument("--base", type=Path, help="gives what is not trained")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new checkpoint")
    parser.add_argument("--encoder", help="local path or hub name; default: the installed MiniLM")
    parser.add_argument("--epochs", type=int, default=RELATION_RECIPE.epochs)
    parser.add_argument("--mention-epochs", type=int, default=MENTION_RECIPE.epochs)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


def main() -> None:
    """Train with progress as plain lines."""
    given = _arguments()
    plan = TrainingPlan(
        relations=given.relations,
        vocabulary=given.vocabulary,
        mentions=given.mentions,
        output=given.output,
        encoder=given.encoder,
        base=given.base,
        relation_recipe=replace(RELATION_RECIPE, epochs=given.epochs),
        mention_recipe=replace(MENTION_RECIPE, epochs=given.mention_epochs),
        device=given.device,
    )
    checkpoint = train(
        plan,
        lambda p: print(f"{p.part} step {p.step}/{p.steps} loss {p.loss:.4f}", flush=True),
    )
    print(f"saved {checkpoint.name} to {plan.output}")


if __name__ == "__main__":
    main()
