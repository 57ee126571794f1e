"""Checkpoints: all that a model needs, in one folder, in the layout of model hubs.

    config.json             shapes and switches, relation vocabulary, evidence rule
    model.safetensors       relations.*, mentions.*; the frozen word embeddings only once
    calibrator.json         margin -> probability, and the hash of the weights that it belongs to
    signatures.json         which types of entities the relations were labelled between; if learned
    training_record.json    which documents were used for what, and how
    tokenizer.json ...      the tokenizer
    scores.json README.md   what it scores, and the model card (training.describe)

Tuned thresholds are part of the weights (`relations.shift`), so that a margin above 0 is asserted
under every checkpoint.

Matrices are stored as int8 with one scale a row (symmetric, largest error half a step of
max|row| / 127), everything else as fp32. Nothing is unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.atlop.config import AtlopConfig
from extractor.atlop.encoder import Encoder, blank_encoder, load_tokenizer
from extractor.atlop.model import Atlop
from extractor.errors import CheckpointRejected, VocabularyRejected
from extractor.manifest import (
    FORMAT,
    checkpoint_name,
    read_config,
    read_languages,
    read_object,
    weights_hash,
)
from extractor.mentions import MentionTagger
from extractor.relations import RelationVocabulary
from extractor.signatures import Signatures
from extractor.trust.calibration import Calibrator
from extractor.trust.evidence import EvidenceRule

NO_SIGNATURES = Signatures()
SIGNATURES = "signatures.json"
EMBEDDINGS = "encoder.transformer.embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """What a checkpoint has seen, by document title, and how it was trained."""

    relation_titles: tuple[str, ...] = ()
    dev_titles: tuple[str, ...] = ()
    unlabelled_titles: tuple[str, ...] = ()
    """Documents that teachers labelled; their own labels, if any exist, were not seen."""
    mention_titles: tuple[str, ...] = ()
    relation_files: Mapping[str, str] = field(default_factory=dict)
    """File name -> sha256."""
    mention_files: Mapping[str, str] = field(default_factory=dict)
    recipes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def relation_documents_seen(self) -> frozenset[str]:
        """Titles that relations, thresholds or the calibrator were fitted on."""
        return frozenset((*self.relation_titles, *self.dev_titles, *self.unlabelled_titles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model with all that it needs."""

    atlop: Atlop
    tagger: MentionTagger
    tokenizer: PreTrainedTokenizerBase
    relations: RelationVocabulary
    calibrator: Calibrator
    evidence: EvidenceRule
    record: TrainingRecord
    signatures: Signatures = NO_SIGNATURES
    """Of the documents that the relations were trained on."""
    languages: tuple[str, ...] = ("en",)
    """Those that it speaks, as ISO 639-1 codes."""
    name: str = "unsaved"
    """Folder name and the start of the hash of its weights: 'factloom-minilm@1f3a09c2'."""

    def save_pretrained(self, folder: Path) -> None:
        """Write the checkpoint into a folder, which is made if need be; `from_pretrained` reads it.

        What is read back is rounded: see the module's docstring.
        """
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"relations.{name}": tensor for name, tensor in self.atlop.state_dict().items()}
        tensors |= {f"mentions.{name}": tensor for name, tensor in self.tagger.state_dict().items()}
        packed = pack(tensors)
        # Compared as stored: a detector that was loaded has rounded embeddings, maybe elsewhere.
        if _same(packed.get(f"relations.{EMBEDDINGS}"), packed.get(f"mentions.{EMBEDDINGS}")):
            del packed[f"mentions.{EMBEDDINGS}"], packed[f"mentions.{EMBEDDINGS}.scale"]
        save_file(packed, folder / "model.safetensors", metadata={"format": "pt"})
        config = {
            "format": FORMAT,
            "languages": list(self.languages),
            "relations": {
                "encoder": _encoder_config(self.atlop.encoder),
                "atlop": asdict(self.atlop.config),
                "vocabulary": self.relations.to_json(),
                "evidence": asdict(self.evidence),
            },
            "mentions": {"encoder": _encoder_config(self.tagger.encoder)},
        }
        _write_json(folder / "config.json", config)
        weights = weights_hash(folder)
        _write_json(folder / "calibrator.json", {"weights": weights, **asdict(self.calibrator)})
        _write_json(folder / "training_record.json", asdict(self.record))
        write_signatures(folder, self.signatures)
        self.tokenizer.save_pretrained(folder)

    @classmethod
    def from_pretrained(cls, folder: Path) -> Checkpoint:
        """Load a checkpoint on the CPU, in fp32, ready for inference.

        Raises:
            CheckpointRejected: a file is missing, damaged, or of another kind; the message names
                it.
        """
        config = read_config(folder)
        weights = weights_hash(folder)
        calibrator = read_object(folder / "calibrator.json")
        if calibrator.pop("weights", None) != weights:
            raise CheckpointRejected(
                f"{folder}: calibrator.json belongs to other weights, or model.safetensors is "
                "damaged; copy the whole folder again, or retrain it"
            )
        try:
            tensors = unpack(load_file(folder / "model.safetensors"))
            if f"relations.{EMBEDDINGS}" in tensors:
                tensors.setdefault(f"mentions.{EMBEDDINGS}", tensors[f"relations.{EMBEDDINGS}"])
            atlop, relations = _relation_part(config["relations"], _part(tensors, "relations."))
            tagger = MentionTagger(Encoder(blank_encoder(config["mentions"]["encoder"])))
            tagger.load_state_dict(_part(tensors, "mentions."))
            record = _record(read_object(folder / "training_record.json"))
            signatures = read_signatures(folder)
            fitted = Calibrator(**calibrator)
            evidence = EvidenceRule(**config["relations"]["evidence"])
            if fitted.slopes and len(fitted.slopes) != len(relations.ids):
                raise ValueError(f"{len(fitted.slopes)} relations calibrated, not all")
        except DAMAGE as error:
            raise CheckpointRejected(f"{folder} is damaged or incomplete: {error}") from error
        return cls(
            name=checkpoint_name(folder),
            atlop=atlop.eval(),
            tagger=tagger.eval(),
            tokenizer=load_tokenizer(folder),
            relations=relations,
            calibrator=fitted,
            evidence=evidence,
            record=record,
            signatures=signatures,
            languages=read_languages(folder),
        )


def write_signatures(folder: Path, signatures: Signatures) -> None:
    """Write the signatures of a checkpoint, where there are any."""
    if signatures.counts:
        text = json.dumps(signatures.to_json(), ensure_ascii=False).replace(']], "', ']],\n "')
        (folder / SIGNATURES).write_text(text + "\n", encoding="utf-8")


def read_signatures(folder: Path) -> Signatures:
    """Return the signatures of a checkpoint; one without the file objects to nothing."""
    path = folder / SIGNATURES
    return Signatures.from_json(read_object(path)) if path.exists() else NO_SIGNATURES


DAMAGE = (
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    RuntimeError,
    SafetensorError,
    VocabularyRejected,
)
"""What goes wrong while a checkpoint is put together from files that do not fit each other."""


def _relation_part(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[Atlop, RelationVocabulary]:
    relations = RelationVocabulary.from_json(config["vocabulary"])
    shape = {**config["atlop"], "entity_types": tuple(config["atlop"]["entity_types"])}
    atlop = Atlop(Encoder(blank_encoder(config["encoder"])), AtlopConfig(**shape))
    atlop.load_state_dict(tensors)
    if len(relations) != atlop.config.relations:
        raise ValueError(f"{len(relations)} columns named, {atlop.config.relations} scored")
    return atlop, relations


def pack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors as they are stored: matrices as int8 with a scale for each row."""
    packed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        value = tensor.detach().cpu()
        if value.is_floating_point() and value.dim() > 1:
            scale = value.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-12) / 127
            packed[name] = (value / scale).round().to(torch.int8)
            packed[f"{name}.scale"] = scale
        else:
            packed[name] = value.contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return stored tensors as they are used; the inverse of `pack`."""
    return {
        name: value.float() * packed[f"{name}.scale"] if value.dtype == torch.int8 else value
        for name, value in packed.items()
        if not name.endswith(".scale")
    }


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    """Tell whether both are there and equal; an encoder may name its embeddings otherwise."""
    return one is not None and other is not None and torch.equal(one, other)


def _encoder_config(encoder: Encoder) -> dict[str, Any]:
    known: dict[str, Any] = encoder.config.to_diff_dict()
    known.pop("_name_or_path", None)  # a path of the machine that trained it
    return known


def _record(stored: Mapping[str, Any]) -> TrainingRecord:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return TrainingRecord(**values)


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
