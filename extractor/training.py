"""Train a checkpoint: `python -m extractor.training`, also where no other part of Factloom is installed.

Relations are trained on labelled documents without the held-out fifth; a tenth of what is left fits the
calibrator and trains nothing else. Mentions are trained on documents with gold mentions. The word
embeddings stay as they were pretrained, so that both models share them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from extractor.batching import collate, pad_pieces
from extractor.calibration import Calibrator, fit_platt
from extractor.card import model_card
from extractor.checkpoint import Checkpoint, TrainingRecord, load_checkpoint, save_checkpoint
from extractor.docred import LabelledDocument, in_held_out_fifth, read_docred
from extractor.encoder import Encoder, default_encoder, load_tokenizer, pretrained_encoder
from extractor.errors import DatasetRejected
from extractor.evaluation import (
    asserted_triples,
    evaluate_mentions,
    evaluate_relations,
    gold_triples,
    score_gold,
)
from extractor.features import Window, build_features
from extractor.loss import adaptive_thresholding_loss
from extractor.mentions import IGNORED, MentionTagger, split_words, tag_labels
from extractor.model import Atlop, AtlopConfig
from extractor.relations import RelationVocabulary
from extractor.trainer import Progress, Recipe, fit

CANDIDATE_MARGIN = -5.0
"""Cells below this margin do not take part in calibration: there are millions, and all are negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """What to train, on what, and where to."""

    relations: Path
    """Labelled documents in DocRED's format."""
    vocabulary: Path
    """JSON object: relation id -> English name."""
    mentions: Path | None
    """Documents with gold mentions; without any, the mention detector of `base` is kept."""
    output: Path
    encoder: Path | str | None = None
    """A local path or hub name; the MiniLM of an installed package if there is none."""
    base: Path | None = None
    """The checkpoint whose mention detector is kept."""
    state: Path | None = None
    """Where training saves its state; '<output>.state' if not given."""
    relation_recipe: Recipe = Recipe()
    mention_recipe: Recipe = Recipe(epochs=3, batch_size=8)
    device: str = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationSplit:
    """Labelled documents by what they are for."""

    train: tuple[LabelledDocument, ...]
    calibration: tuple[LabelledDocument, ...]
    held_out: tuple[LabelledDocument, ...]


def split_documents(documents: Sequence[LabelledDocument]) -> RelationSplit:
    """Split by title: the held-out fifth, a tenth of the rest for the calibrator, and what trains."""
    rest = [item for item in documents if not in_held_out_fifth(item.document.title)]
    calibrates = [_hash(item.document.title) // 5 % 10 == 0 for item in rest]
    return RelationSplit(
        train=tuple(item for item, yes in zip(rest, calibrates, strict=True) if not yes),
        calibration=tuple(item for item, yes in zip(rest, calibrates, strict=True) if yes),
        held_out=tuple(item for item in documents if in_held_out_fifth(item.document.title)),
    )


def _hash(title: str) -> int:
    return int(hashlib.sha256(title.encode()).hexdigest(), 16)


def read_vocabulary(path: Path) -> RelationVocabulary:
    """Read a relation vocabulary; raises `DatasetRejected` or `VocabularyRejected`."""
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetRejected(f"cannot read the relation vocabulary {path}: {error}") from error
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise DatasetRejected(f"{path}: a vocabulary is an object of relation id -> English name")
    return RelationVocabulary(names)


def train(plan: TrainingPlan, report: Callable[[Progress], None]) -> Checkpoint:
    """Train, calibrate, save, score and describe a checkpoint; return it as it was stored.

    Raises:
        DatasetRejected: a file cannot be used, or there is nothing to train mentions on or take them from.
    """
    split = split_documents(read_docred(plan.relations))
    if not split.train or not split.calibration:
        raise DatasetRejected(
            f"{plan.relations}: {len(split.train)} documents to train on and {len(split.calibration)} to "
            "calibrate on are left without the held-out fifth; both need at least one"
        )
    vocabulary = read_vocabulary(plan.vocabulary)
    base = load_checkpoint(plan.base) if plan.base else None
    if plan.mentions is None and base is None:
        raise DatasetRejected("give documents to train mentions on, or a base checkpoint")
    source = plan.encoder or default_encoder()
    tokenizer = load_tokenizer(source)
    state = plan.state or plan.output.with_name(f"{plan.output.name}.state")
    record = TrainingRecord(
        relation_titles=_titles(split.train),
        calibration_titles=_titles(split.calibration),
        relation_files={plan.relations.name: file_hash(plan.relations)},
        recipes={"relations": asdict(plan.relation_recipe)},
    )
    if plan.mentions is not None:
        labelled = {item.document.title for item in (*split.train, *split.calibration, *split.held_out)}
        documents = [d for d in read_docred(plan.mentions) if d.document.title not in labelled]
        tagger = MentionTagger(frozen_encoder(source)).to(plan.device)
        train_mentions(tagger, tokenizer, documents, plan.mention_recipe, state / "mentions", report)
        record = replace(
            record,
            mention_titles=_titles(documents),
            mention_files={plan.mentions.name: file_hash(plan.mentions)},
            recipes={**record.recipes, "mentions": asdict(plan.mention_recipe)},
        )
    else:
        assert base is not None
        tagger = base.tagger
        record = replace(
            record,
            mention_titles=base.record.mention_titles,
            mention_files=base.record.mention_files,
            recipes={**base.record.recipes, **record.recipes},
        )
    encoder = frozen_encoder(source)
    atlop = Atlop(
        encoder, AtlopConfig(relations=len(vocabulary), extractor_width=encoder.width)
    ).to(plan.device)
    train_relations(
        atlop, tokenizer, split.train, vocabulary, plan.relation_recipe, state / "relations", report
    )
    parts = {
        "atlop": atlop,
        "tagger": tagger,
        "tokenizer": tokenizer,
        "relations": vocabulary,
        "record": record,
    }
    calibrator = calibrate(atlop, tokenizer, split.calibration, vocabulary)
    return _store(plan.output, parts, calibrator, split)


def _store(
    output: Path, parts: Mapping[str, object], calibrator: Calibrator, split: RelationSplit
) -> Checkpoint:
    """Save, then score what was stored (its weights are rounded), and write the card with the scores."""
    save_checkpoint(output, calibrator=calibrator, card="", **parts)  # type: ignore[arg-type]
    stored = load_checkpoint(output)
    relation_scores = (
        evaluate_relations(stored, split.held_out, training_documents=split.train)
        if split.held_out
        else None
    )
    everything = (*split.train, *split.calibration, *split.held_out)
    unseen = [
        d for d in everything if d.document.title not in frozenset(stored.record.mention_titles)
    ]
    mention_scores = evaluate_mentions(stored.tagger, stored.tokenizer, unseen, stored.record)
    scores = {
        "relations": asdict(relation_scores) if relation_scores else None,
        "mentions": {"span": asdict(mention_scores[0]), "typed": asdict(mention_scores[1])},
    }
    (output / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    (output / "README.md").write_text(model_card(stored, scores), encoding="utf-8")
    return stored


def frozen_encoder(source: Path | str) -> Encoder:
    """Return a pretrained encoder whose word embeddings do not train."""
    encoder = Encoder(pretrained_encoder(source))
    embeddings: nn.Module = encoder.transformer.embeddings.word_embeddings  # type: ignore[assignment, union-attr]
    embeddings.requires_grad_(False)
    return encoder


def train_mentions(
    tagger: MentionTagger,
    tokenizer: object,
    documents: Sequence[LabelledDocument],
    recipe: Recipe,
    state: Path,
    report: Callable[[Progress], None],
) -> None:
    """Train a mention tagger in place."""
    samples: list[tuple[tuple[int, ...], list[int]]] = []
    for item in documents:
        words = split_words(
            item.document.text,
            tokenizer=tokenizer,  # type: ignore[arg-type]
            max_pieces=tagger.encoder.max_pieces,
        )
        mentions = [mention for cluster in item.document.clusters for mention in cluster.mentions]
        tags = tag_labels(words, mentions)
        samples += [
            (window.input_ids, [tags[word] if word >= 0 else IGNORED for word in window.words])
            for window in words.windows
        ]
    device = next(tagger.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        ids, mask = pad_pieces([samples[n][0] for n in batch], tokenizer.pad_token_id)  # type: ignore[attr-defined]
        labels, _ = pad_pieces([samples[n][1] for n in batch], IGNORED)
        logits = tagger(ids.to(device), mask.to(device))
        return nn.functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten().to(device), ignore_index=IGNORED
        )

    lengths = [len(ids) for ids, _ in samples]
    fit(tagger, lengths, loss_of, recipe=recipe, part="mentions", state=state, report=report)


def train_relations(
    atlop: Atlop,
    tokenizer: object,
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
            tokenizer=tokenizer,  # type: ignore[arg-type]
            max_pieces=atlop.encoder.max_pieces,
        )
        samples += [(window, columns) for window in features.windows]
    device = next(atlop.parameters()).device

    def loss_of(batch: Sequence[int]) -> Tensor:
        windows = [samples[n][0] for n in batch]
        inputs = collate(windows, pad_id=tokenizer.pad_token_id)  # type: ignore[attr-defined]
        labels = torch.cat([label_matrix(*samples[n], len(vocabulary)) for n in batch])
        logits = atlop(inputs.to(device)).logits
        return adaptive_thresholding_loss(logits.flatten(0, 1), labels.to(device).flatten(0, 1))

    lengths = [len(window.input_ids) for window, _ in samples]
    fit(atlop, lengths, loss_of, recipe=recipe, part="relations", state=state, report=report)


def label_matrix(
    window: Window, columns: Mapping[tuple[int, int], Sequence[int]], relations: int
) -> Tensor:
    """Return the gold labels of a window's pairs in the order of `collate`: (pairs, 2, relations)."""
    ends = window.entities
    pairs = [(ends[a], ends[b]) for a in range(len(ends)) for b in range(a + 1, len(ends))]
    labels = torch.zeros(len(pairs), 2, relations, dtype=torch.bool)
    for row, (first, second) in enumerate(pairs):
        for way, pair in enumerate(((first, second), (second, first))):
            for column in columns.get(pair, ()):
                labels[row, way, column] = True
    return labels


def calibrate(
    atlop: Atlop,
    tokenizer: object,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
) -> Calibrator:
    """Fit the calibrator on documents that trained nothing else."""
    scores = score_gold(atlop, tokenizer, documents)  # type: ignore[arg-type]
    best: dict[tuple[int, int, str, int], float] = {}
    for triple, margin in asserted_triples(scores, vocabulary, threshold=CANDIDATE_MARGIN):
        best[triple] = max(margin, best.get(triple, margin))
    gold = gold_triples(documents)
    margins = np.array(list(best.values()), dtype=np.float64)
    return fit_platt(margins, np.array([triple in gold for triple in best], dtype=np.bool_))


def file_hash(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _titles(documents: Sequence[LabelledDocument]) -> tuple[str, ...]:
    return tuple(sorted(item.document.title for item in documents))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a Factloom checkpoint.")
    parser.add_argument("--relations", type=Path, required=True, help="labelled DocRED-format file")
    parser.add_argument("--vocabulary", type=Path, required=True, help="relation id -> name, JSON")
    parser.add_argument("--mentions", type=Path, help="DocRED-format file with gold mentions")
    parser.add_argument("--base", type=Path, help="checkpoint whose mention detector is kept")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new checkpoint")
    parser.add_argument("--encoder", help="local path or hub name; default: the installed MiniLM")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--mention-epochs", type=int, default=3)
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
        relation_recipe=Recipe(epochs=given.epochs),
        mention_recipe=Recipe(epochs=given.mention_epochs, batch_size=8),
        device=given.device,
    )
    checkpoint = train(
        plan,
        lambda p: print(f"{p.part} step {p.step}/{p.steps} loss {p.loss:.4f}", flush=True),
    )
    print(f"saved {checkpoint.name} to {plan.output}")


if __name__ == "__main__":
    main()
