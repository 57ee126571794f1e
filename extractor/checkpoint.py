"""Checkpoints: all that a model needs, in one folder, in the layout of model hubs.

    digests.json            sha256 of each file that makes the checkpoint (extractor.digests)
    config.json             shapes and switches, relation vocabulary, evidence rule
    model.safetensors       relations.*, mentions.*; the frozen word embeddings only once
    calibrator.json         margin -> probability, and the hash of the weights that it belongs to
    circumstances.json      how probable statements of raw texts are; if learned
    signatures.json         which types of entities the relations were labelled between; if learned
    training_record.json    which documents were used for what, and how
    tokenizer.json ...      the tokenizer
    scores.json README.md   what it scores, and the model card (training.train)

Tuned thresholds are part of the weights (`relations.shift`), so that a margin above 0 is asserted
under every checkpoint.

Matrices are stored as int8 with one scale a row (symmetric, largest error half a step of
max|row| / 127), everything else as fp32. A checkpoint is data: nothing of it is run or unpickled,
and its sizes are compared with what the weights' header says before anything is built.
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
from extractor.atlop.model import Atlop
from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.circumstances import CircumstanceWeights
from extractor.digests import WEIGHTS, checked_digests, name_of, seal
from extractor.encoder.encoder import Encoder, blank_encoder
from extractor.encoder.encoder_config import check_encoder_config
from extractor.errors import CheckpointRejected, VocabularyRejected
from extractor.files import file_hash
from extractor.manifest import COPY, FORMAT, read_config, read_languages, read_object
from extractor.mentions.tagger import MentionTagger
from extractor.model_files import refuse_code, stored_shapes
from extractor.packing import pack, packed_shapes, unpack
from extractor.relations import RelationVocabulary
from extractor.signatures import TypeStatistics
from extractor.text.pieces import load_tokenizer

NO_SIGNATURES = TypeStatistics()
SIGNATURES = "signatures.json"
CIRCUMSTANCES = "circumstances.json"
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
    went_on_from: str = ""
    """Name of the checkpoint whose weights training began with; what it saw is counted here too."""

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
    signatures: TypeStatistics = NO_SIGNATURES
    """Of the documents that the relations were trained on."""
    circumstances: CircumstanceWeights | None = None
    """Of statements of raw texts; None: their probabilities are those of the calibrator."""
    languages: tuple[str, ...] = ("en",)
    """Those that it speaks, as ISO 639-1 codes."""
    name: str = "unsaved"
    """What names it in the graph: 'factloom-minilm@1f3a09c2'; see `extractor.digests`."""

    def save_pretrained(self, folder: Path) -> None:
        """Write the checkpoint into a folder, which is made if need be; `from_pretrained` reads it.

        What is read back is rounded: see the module's docstring.
        """
        folder.mkdir(parents=True, exist_ok=True)
        packed = pack(_tensors(self.atlop, self.tagger))
        # Compared as stored: a detector that was loaded has rounded embeddings, maybe elsewhere.
        if _same(packed.get(f"relations.{EMBEDDINGS}"), packed.get(f"mentions.{EMBEDDINGS}")):
            del packed[f"mentions.{EMBEDDINGS}"], packed[f"mentions.{EMBEDDINGS}.scale"]
        save_file(packed, folder / WEIGHTS, metadata={"format": "pt"})
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
        fitted = {"weights": file_hash(folder / WEIGHTS), **asdict(self.calibrator)}
        _write_json(folder / "calibrator.json", fitted)
        _write_json(folder / "training_record.json", asdict(self.record))
        write_signatures(folder, self.signatures)
        if self.circumstances is not None:
            _write_json(folder / CIRCUMSTANCES, self.circumstances.to_json())
        self.tokenizer.save_pretrained(folder)
        seal(folder)

    @classmethod
    def from_pretrained(cls, folder: Path) -> Checkpoint:
        """Load a checkpoint on the CPU, in fp32, ready for inference.

        Raises:
            CheckpointRejected: a file is missing, damaged, or of another kind; the message names
                it.
        """
        config = read_config(folder)
        refuse_code(folder)
        digests = checked_digests(folder)
        calibrator = read_object(folder / "calibrator.json")
        if calibrator.pop("weights", None) != digests[WEIGHTS]:
            raise CheckpointRejected(
                f"{folder}: calibrator.json belongs to other weights, or model.safetensors is "
                f"damaged; {COPY}"
            )
        try:
            relations = RelationVocabulary.from_json(config["relations"]["vocabulary"])
            evidence = EvidenceRule(**config["relations"]["evidence"])
            signatures, fitted = read_signatures(folder), Calibrator(**calibrator)
            circumstances = _read_circumstances(folder)
            record = _record(read_object(folder / "training_record.json"))
            columns = config["relations"]["atlop"]["relations"]
            if len(relations) != columns:
                raise ValueError(f"{len(relations)} columns named, {columns} scored")
            if fitted.slopes and len(fitted.slopes) != len(relations.ids):
                raise ValueError(f"{len(fitted.slopes)} relations calibrated, not all")
            vectors = _checked_vectors(config, folder)
            tokenizer = load_tokenizer(folder)
            if len(tokenizer) > vectors:
                raise ValueError(f"{len(tokenizer)} word pieces, but vectors for {vectors}")
            atlop, tagger = _loaded(config, folder)
        except DAMAGE as error:
            raise CheckpointRejected(f"{folder} is damaged or incomplete: {error}") from error
        return cls(
            name=name_of(folder, digests),
            atlop=atlop,
            tagger=tagger,
            tokenizer=tokenizer,
            relations=relations,
            calibrator=fitted,
            evidence=evidence,
            record=record,
            signatures=signatures,
            circumstances=circumstances,
            languages=read_languages(folder),
        )


def write_signatures(folder: Path, signatures: TypeStatistics) -> None:
    """Write the signatures of a checkpoint, where there are any."""
    if signatures.counts:
        text = json.dumps(signatures.to_json(), ensure_ascii=False).replace(']], "', ']],\n "')
        (folder / SIGNATURES).write_text(text + "\n", encoding="utf-8")


def read_signatures(folder: Path) -> TypeStatistics:
    """Return the signatures of a checkpoint; one without the file objects to nothing."""
    path = folder / SIGNATURES
    return TypeStatistics.from_json(read_object(path)) if path.exists() else NO_SIGNATURES


def _read_circumstances(folder: Path) -> CircumstanceWeights | None:
    """Return the circumstance weights of a checkpoint; one without the file has learned none."""
    path = folder / CIRCUMSTANCES
    return CircumstanceWeights(**read_object(path)) if path.exists() else None


DAMAGE = (
    AttributeError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    RuntimeError,
    SafetensorError,
    VocabularyRejected,
)
"""What goes wrong while a checkpoint is put together from files that do not fit each other."""


def _models(config: Mapping[str, Any]) -> tuple[Atlop, MentionTagger]:
    """Return the two models of a configuration; their weights are to be loaded."""
    atlop = config["relations"]["atlop"]
    shape = AtlopConfig(**{**atlop, "entity_types": tuple(atlop["entity_types"])})
    return (
        Atlop(Encoder(blank_encoder(config["relations"]["encoder"])), shape),
        MentionTagger(Encoder(blank_encoder(config["mentions"]["encoder"]))),
    )


def _loaded(config: Mapping[str, Any], folder: Path) -> tuple[Atlop, MentionTagger]:
    """Return the two models of a checkpoint with their weights, ready for inference."""
    tensors = unpack(load_file(folder / WEIGHTS))
    if f"relations.{EMBEDDINGS}" in tensors:
        tensors.setdefault(f"mentions.{EMBEDDINGS}", tensors[f"relations.{EMBEDDINGS}"])
    atlop, tagger = _models(config)
    atlop.load_state_dict(_part(tensors, "relations."))
    tagger.load_state_dict(_part(tensors, "mentions."))
    return atlop.eval(), tagger.eval()


def _checked_vectors(config: Mapping[str, Any], folder: Path) -> int:
    """Return how many word pieces both models have vectors for.

    Weights that are not those of the configuration are refused, before either costs anything.
    """
    for part in ("relations", "mentions"):
        check_encoder_config(config[part]["encoder"], f"{folder / 'config.json'}, {part}")
    with torch.device("meta"):  # shapes alone, without memory
        atlop, tagger = _models(config)
    wanted = packed_shapes(_tensors(atlop, tagger))
    stored = dict(stored_shapes(folder / WEIGHTS))
    for name in (EMBEDDINGS, f"{EMBEDDINGS}.scale"):  # may be stored once for both
        if f"relations.{name}" in stored:
            stored.setdefault(f"mentions.{name}", stored[f"relations.{name}"])
    for name in sorted({*wanted, *stored}):
        if wanted.get(name) != stored.get(name):
            raise ValueError(
                f"model.safetensors has {stored.get(name, 'nothing')} for {name}, config.json "
                f"describes {wanted.get(name, 'nothing')}"
            )
    return min(int(model.encoder.config.vocab_size) for model in (atlop, tagger))


def _tensors(atlop: Atlop, tagger: MentionTagger) -> dict[str, Tensor]:
    tensors = {f"relations.{name}": tensor for name, tensor in atlop.state_dict().items()}
    return tensors | {f"mentions.{name}": tensor for name, tensor in tagger.state_dict().items()}


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
