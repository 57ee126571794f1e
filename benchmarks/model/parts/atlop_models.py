"""What the benchmarks of ATLOP's two paths share: options, documents, and the model's weights."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import PreTrainedTokenizerBase

from benchmarks.quality.relations import CHECKPOINT
from extractor.atlop.collate import collate
from extractor.atlop.model import Atlop
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import read_vocabulary_file
from extractor.encoder.encoder import default_encoder
from extractor.errors import CheckpointRejected
from extractor.relations import THRESHOLD_COLUMN, RelationVocabulary
from extractor.text.pieces import load_tokenizer
from extractor.training.presets import PRESETS
from extractor.training.relation_part import new_atlop
from extractor.training.relations import Sample, make_samples

SEED = 66
LOGIT_SPREAD = 2.0
"""Standard deviation of a relation's logits under a head that was never trained."""
GOLD_SHARE = 1e-3
"""Of Re-DocRED's cells (ordered pair, relation); an untrained head asserts as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks for."""

    data: Path
    weights: Path | None
    encoder: Path
    documents: int
    repeats: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained model, with any switches."""

    atlop: Atlop
    tokenizer: PreTrainedTokenizerBase
    vocabulary: RelationVocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What both paths are run on: the paper's model, and documents of one window each."""

    atlop: Atlop
    tokenizer: PreTrainedTokenizerBase
    vocabulary: RelationVocabulary
    documents: tuple[LabelledDocument, ...]
    samples: tuple[Sample, ...]

    @property
    def pad_id(self) -> int:
        """The tokenizer's padding."""
        return int(self.tokenizer.pad_token_id)


def options(description: str | None, *, documents: int, repeats: int = 5) -> Options:
    """Read the command line; `torch` gets the threads that it names.

    Args:
        description: the benchmark's docstring, shown by `--help`.
        documents: how many, if the command line does not say.
        repeats: the same of timed turns.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument(
        "--weights",
        type=Path,
        help="state dict (.safetensors) of a model of preset 'atlop' with DocRED's relations; "
        "without any, what the shipped checkpoint has of such a model",
    )
    parser.add_argument("--encoder", type=Path, default=default_encoder(), help="folder or name")
    parser.add_argument("--documents", type=int, default=documents)
    parser.add_argument("--repeats", type=int, default=repeats, help="timed turns of each side")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parsed = Options(**vars(parser.parse_args()))
    torch.set_num_threads(parsed.threads)
    return parsed


def labelled_documents(data: Path) -> list[LabelledDocument]:
    """Read Re-DocRED dev."""
    return read_docred(data / "redocred" / "dev_revised.json")


def docred_vocabulary(data: Path) -> RelationVocabulary:
    """Read DocRED's 96 relations."""
    return read_vocabulary_file(data / "docred" / "rel_info.json")


def trained(chosen: Options) -> Trained | None:
    """Return the model of `--weights`, else the shipped one, else None if it cannot be read."""
    if chosen.weights is not None:
        vocabulary = docred_vocabulary(chosen.data)
        atlop = _untrained(chosen, vocabulary)
        load_weights(atlop, chosen.weights)
        return Trained(atlop=atlop, tokenizer=load_tokenizer(chosen.encoder), vocabulary=vocabulary)
    try:
        shipped = Checkpoint.from_pretrained(CHECKPOINT)
    except CheckpointRejected as error:
        print(f"no trained model: {error}")
        return None
    return Trained(atlop=shipped.atlop, tokenizer=shipped.tokenizer, vocabulary=shipped.relations)


def load_weights(atlop: Atlop, path: Path) -> None:
    """Give a model the weights of a file; frozen ones and thresholds may be missing there.

    Raises:
        CheckpointRejected: the file is of another model.
    """
    trainable = {name for name, value in atlop.named_parameters() if value.requires_grad}
    try:
        missing, unexpected = atlop.load_state_dict(load_file(path), strict=False)
    except RuntimeError as error:
        raise CheckpointRejected(f"{path} is not of a model of preset 'atlop': {error}") from error
    if unexpected or trainable & set(missing):
        odd = sorted({*unexpected, *(trainable & set(missing))})
        raise CheckpointRejected(f"{path} is not of a model of preset 'atlop': see {odd[0]}")


def subject(chosen: Options, source: Trained | None) -> Subject:
    """Return the paper's model with what a trained one has of it, and documents.

    Whatever goes beyond the paper (entity types, distances, ...) is left out, for the plain path
    has none of it. Documents longer than one window are left out too, for the same reason.
    """
    vocabulary = docred_vocabulary(chosen.data)
    tokenizer = load_tokenizer(chosen.encoder)
    atlop = _untrained(chosen, vocabulary)
    documents: list[LabelledDocument] = []
    samples: list[Sample] = []
    for item in labelled_documents(chosen.data):
        if len(documents) == chosen.documents:
            break
        made = make_samples(atlop, tokenizer, [item], vocabulary)
        if len(made) == 1 and len(made[0].window.entities) == len(item.document.clusters):
            documents.append(item)
            samples += made
    if source is not None and source.vocabulary.ids == vocabulary.ids:
        own = atlop.state_dict()
        theirs = source.atlop.state_dict()
        atlop.load_state_dict({name: theirs.get(name, own[name]) for name in own})
    else:
        spread_head(atlop, samples, pad_id=int(tokenizer.pad_token_id))
    return Subject(
        atlop=atlop,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        documents=tuple(documents),
        samples=tuple(samples),
    )


@torch.inference_mode()
def spread_head(atlop: Atlop, samples: list[Sample], *, pad_id: int) -> None:
    """Give an untrained head logits that differ, and as many assertions as are gold."""
    batch = collate([sample.window for sample in samples[:4]], pad_id=pad_id)
    atlop.bilinear.weight.mul_(LOGIT_SPREAD / atlop(batch).logits.std())
    margins = atlop.margins(batch).logits[..., THRESHOLD_COLUMN + 1 :].flatten(0, 1)
    ranked = margins.flatten().sort(descending=True).values
    atlop.bilinear.bias[THRESHOLD_COLUMN + 1 :].sub_(ranked[int(GOLD_SHARE * len(ranked))])


def _untrained(chosen: Options, vocabulary: RelationVocabulary) -> Atlop:
    return new_atlop(PRESETS["atlop"], (), vocabulary, chosen.encoder, seed=SEED).eval()
