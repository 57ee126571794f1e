"""Give a checkpoint a new mention detector; its relations stay bit for bit as they are."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from benchmarks.report import ROOT
from extractor.atlop.encoder import default_encoder
from extractor.checkpoint import EMBEDDINGS, Checkpoint
from extractor.evaluation.scores import evaluate_mentions
from extractor.labelled.docred import LabelledDocument, read_docred
from extractor.labelled.splits import file_hash, split_documents, titles
from extractor.manifest import weights_hash
from extractor.mentions import MentionTagger
from extractor.training.mentions import train_mentions
from extractor.training.plan import MENTION_RECIPE
from extractor.training.relation_part import frozen_encoder
from extractor.training.train import describe
from extractor.training.trainer import Epoch

HELD_BACK = 100
"""Documents of the file that choose how to train and to decode, and train nothing."""
RECIPE = replace(MENTION_RECIPE, precision="bf16")


def main() -> None:
    """Train, choose nothing, save, score and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--base", type=Path, required=True, help="gives all but the mentions")
    parser.add_argument("--state", type=Path, default=ROOT / ".factloom" / "mentions")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new checkpoint")
    given = parser.parse_args()
    file = given.data / "docred" / "test_unlabelled.json"
    labelled = read_docred(given.data / "redocred" / "dev_revised.json")
    train, held_back = split(read_docred(file), labelled)
    base = Checkpoint.from_pretrained(given.base)
    torch.manual_seed(RECIPE.seed)
    tagger = MentionTagger(frozen_encoder(default_encoder()))
    train_mentions(
        tagger,
        base.tokenizer,
        train,
        RECIPE,
        given.state,
        lambda p: print(f"step {p.step}/{p.steps} loss {p.loss:.4f}", flush=True),
    )
    record = replace(
        base.record,
        mention_titles=titles(train),
        mention_files={file.name: file_hash(file)},
        recipes={**base.record.recipes, "mentions": asdict(RECIPE)},
    )
    save(replace(base, tagger=tagger, record=record), given.base, given.output)
    scores = json.loads((given.base / "scores.json").read_text(encoding="utf-8"))
    epochs = [Epoch(**epoch) for epoch in scores["epochs"]]
    stored = describe(given.output, split_documents(labelled), epochs)
    span, typed = evaluate_mentions(stored.tagger, stored.tokenizer, held_back, stored.record)
    print(f"saved {stored.name}; held back: span F1 {span.f1:.4f}, typed {typed.f1:.4f}")


def split(
    documents: Sequence[LabelledDocument], labelled: Sequence[LabelledDocument]
) -> tuple[list[LabelledDocument], list[LabelledDocument]]:
    """Return what trains and what is held back; documents of the labelled file are in neither."""
    theirs = frozenset(titles(labelled))
    own = [item for item in documents if item.document.title not in theirs]
    order = list(range(len(own)))
    random.Random(5).shuffle(order)
    chosen = [own[n] for n in order]
    return chosen[HELD_BACK:], chosen[:HELD_BACK]


def save(checkpoint: Checkpoint, base: Path, output: Path) -> None:
    """Save a checkpoint whose relations were loaded from `base`, and give it their stored bytes.

    Weights that are rounded twice may differ in the last bit, and margins with them.
    """
    own = checkpoint.tagger.state_dict()[EMBEDDINGS]
    own.copy_(checkpoint.atlop.state_dict()[EMBEDDINGS])  # as rounded; one copy serves both
    checkpoint.save_pretrained(output)
    weights = output / "model.safetensors"
    kept = {
        name: tensor
        for name, tensor in load_file(base / "model.safetensors").items()
        if name.startswith("relations.")
    }
    save_file({**load_file(weights), **kept}, weights, metadata={"format": "pt"})
    calibrator = {"weights": weights_hash(output), **asdict(checkpoint.calibrator)}
    (output / "calibrator.json").write_text(json.dumps(calibrator, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
