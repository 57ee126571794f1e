"""Give a checkpoint a new mention detector; its relations stay bit for bit as they are."""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from benchmarks.parts.report import ROOT
from extractor.checkpoint import EMBEDDINGS
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import split_documents, titles
from extractor.digests import WEIGHTS, seal
from extractor.encoder.encoder import default_encoder
from extractor.evaluation.scores import evaluate_mentions
from extractor.files import file_hash
from extractor.manifest import FORMAT, read_object
from extractor.mentions.tagger import MentionTagger
from extractor.packing import pack
from extractor.text.pieces import load_tokenizer
from extractor.training.mentions import train_mentions
from extractor.training.plan import MENTION_RECIPE
from extractor.training.relation_part import frozen_encoder
from extractor.training.train import describe_checkpoint
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
    torch.manual_seed(RECIPE.seed)
    tagger = MentionTagger(frozen_encoder(default_encoder()))
    train_mentions(
        tagger,
        load_tokenizer(default_encoder()),
        train,
        RECIPE,
        given.state,
        lambda p: print(f"step {p.step}/{p.steps} loss {p.loss:.4f}", flush=True),
    )
    learnt = {"mention_titles": titles(train), "mention_files": {file.name: file_hash(file)}}
    save(tagger, learnt, given.base, given.output)
    scores = json.loads((given.base / "scores.json").read_text(encoding="utf-8"))
    epochs = [Epoch(**epoch) for epoch in scores["epochs"]]
    stored = describe_checkpoint(given.output, split_documents(labelled), epochs)
    span, typed = evaluate_mentions(stored, held_back)
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


def save(tagger: MentionTagger, learnt: Mapping[str, Any], base: Path, output: Path) -> None:
    """Write a checkpoint: `base` with other mentions, whatever its own were like.

    Its relations are copied as stored: weights that are rounded twice may differ in the last bit.

    Args:
        tagger: over the encoder of `base`, its word embeddings as they were pretrained.
        learnt: what the training record says of mentions.
        base: folder of a checkpoint.
        output: folder to make.

    Raises:
        ValueError: the word embeddings are others.
    """
    stored = load_file(base / "model.safetensors")
    kept = {name: value for name, value in stored.items() if name.startswith("relations.")}
    mentions = pack({f"mentions.{name}": value for name, value in tagger.state_dict().items()})
    for name in (EMBEDDINGS, f"{EMBEDDINGS}.scale"):
        if not torch.equal(mentions.pop(f"mentions.{name}"), kept[f"relations.{name}"]):
            raise ValueError(f"the word embeddings of {base} are not those of the new mentions")
    shutil.copytree(base, output)
    save_file({**kept, **mentions}, output / "model.safetensors", metadata={"format": "pt"})
    record = read_object(base / "training_record.json")
    recipes = {**record["recipes"], "mentions": asdict(RECIPE)}
    _write(output / "training_record.json", {**record, **learnt, "recipes": recipes})
    calibrator = read_object(base / "calibrator.json")
    _write(output / "calibrator.json", {**calibrator, "weights": file_hash(output / WEIGHTS)})
    _write(output / "config.json", {**read_object(base / "config.json"), "format": FORMAT})
    seal(output)


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
