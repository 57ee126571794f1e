from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from transformers import PreTrainedTokenizerBase

from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.checkpoint import (
    EMBEDDINGS,
    Checkpoint,
    TrainingRecord,
)
from extractor.digests import seal
from extractor.errors import CheckpointRejected
from extractor.evaluation.gold import score_gold
from extractor.mentions import MentionTagger, collate_words, score_spans
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.signatures import TypeStatistics
from extractor.words import split_words
from tests.checkpoints import RELATIONS, tiny_atlop, tiny_encoder, write_tiny_checkpoint
from tests.unit.extractor.annotated import labelled

RECORD = TrainingRecord(
    relation_titles=("One", "Two"),
    dev_titles=("Three",),
    mention_titles=("Four",),
    relation_files={"labelled.json": "ab" * 32},
    recipes={"relations": {"epochs": 3}},
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny", record=RECORD)


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "copy"))


RELATIONS_4 = RelationVocabulary(
    {"P1": "one", "P2": "two", "P3": "three", "P4": "four"},
    {
        "P2": TypeConstraint(head=frozenset({"PER", "ORG"})),
        "P3": TypeConstraint(tail=frozenset({"Gene"})),
    },
)
CALIBRATOR = Calibrator(
    slope=0.7, offset=-0.3, slopes=(0.5, 0.6, 1 / 3, 2.0), offsets=(0.0, -1e-9, 3.0, -0.1)
)
SIGNATURES = TypeStatistics(
    {"P19": {("PER", "LOC"): 3, ("PER", "ORG"): 1}, "P17": {("LOC", "LOC"): 2}}
)
DOCUMENT = labelled("[Ada|PER|0] of [Kent|LOC|1] met [Bert|PER|2]. [Ada|PER|0] left.", title="One")
SWITCHES: list[dict[str, Any]] = [
    {},
    {"markers": "off", "pooling": "mean", "context": "none", "classifier": "bilinear",
     "threshold": "zero"},
    {"markers": "dedicated", "pooling": "max", "entity_types": ("PER", "Gene"),
     "distances": True, "reverse": True, "block": 16},
]  # fmt: skip


def made(tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]) -> Checkpoint:
    """Return a checkpoint with nothing at its default."""
    atlop = tiny_atlop(tokenizer, **switches)
    atlop.assert_above((0.25, -1.0, 0.0, 3.0))
    return Checkpoint(
        atlop=atlop,
        tagger=MentionTagger(tiny_encoder(tokenizer)).eval(),
        tokenizer=tokenizer,
        relations=RELATIONS_4,
        calibrator=CALIBRATOR,
        evidence=EvidenceRule(threshold=0.125, cooccurrence=0.3),
        record=RECORD,
        signatures=SIGNATURES,
        languages=("en", "de"),
    )


def margins(checkpoint: Checkpoint) -> NDArray[np.float32]:
    ((scores,),) = score_gold(
        checkpoint.atlop, checkpoint.tokenizer, [DOCUMENT], RelationVocabulary(RELATIONS_4.names)
    ).windows
    return scores.margins


@pytest.mark.parametrize("switches", SWITCHES)
def test_what_is_saved_is_loaded(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    saved = made(tokenizer, switches)
    saved.save_pretrained(tmp_path / "new" / "model")
    loaded = Checkpoint.from_pretrained(tmp_path / "new" / "model")
    assert loaded.atlop.config == saved.atlop.config
    assert loaded.relations == RELATIONS_4
    assert loaded.calibrator == CALIBRATOR
    assert loaded.evidence == EvidenceRule(threshold=0.125, cooccurrence=0.3)
    assert loaded.signatures == SIGNATURES
    assert loaded.record == RECORD
    assert loaded.languages == ("en", "de")
    assert loaded.record.relation_documents_seen == {"One", "Two", "Three"}
    assert loaded.tokenizer.get_vocab() == tokenizer.get_vocab()
    assert loaded.atlop.shift.tolist() == [0.0, 0.25, -1.0, 0.0, 3.0]
    assert not loaded.atlop.training
    assert not loaded.tagger.training
    # int8 moves each weight by at most 1/254 of its row's largest.
    before, after = margins(saved), margins(loaded)
    assert 0 < np.abs(before - after).max() < 0.05 * np.abs(before).max()
    words = split_words("Ada of Kent met Bert", tokenizer=tokenizer, max_pieces=512)
    batch = collate_words(words.windows, pad_id=0)
    spans, same_spans = (score_spans(each.tagger, batch) for each in (saved, loaded))
    assert (spans - same_spans).abs().max() < 0.05 * spans.abs().max()


@pytest.mark.parametrize("switches", SWITCHES)
def test_saving_what_was_loaded_changes_nothing(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    made(tokenizer, switches).save_pretrained(tmp_path / "one")
    loaded = Checkpoint.from_pretrained(tmp_path / "one")
    loaded.save_pretrained(tmp_path / "two")
    again = Checkpoint.from_pretrained(tmp_path / "two")
    weights = again.atlop.state_dict()
    for name, value in loaded.atlop.state_dict().items():
        assert torch.allclose(value, weights[name], rtol=1e-6, atol=1e-9), name
    for name in ("config.json", "training_record.json", "signatures.json"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()


def test_the_name_says_the_folder_and_the_weights(stored: Path, copy: Path) -> None:
    one, other = Checkpoint.from_pretrained(stored).name, Checkpoint.from_pretrained(copy).name
    assert one.startswith("tiny@")
    assert other == f"copy@{one.removeprefix('tiny@')}"


def test_shared_word_embeddings_are_stored_once_and_given_to_both(
    stored: Path, checkpoint: Checkpoint
) -> None:
    tensors = load_file(stored / "model.safetensors")
    assert f"relations.{EMBEDDINGS}" in tensors
    assert f"mentions.{EMBEDDINGS}" not in tensors
    ours, theirs = (
        part.encoder.state_dict()[EMBEDDINGS.removeprefix("encoder.")]
        for part in (checkpoint.atlop, checkpoint.tagger)
    )
    assert torch.equal(ours, theirs)


def test_a_folder_holds_nothing_pickled_and_no_path_of_the_machine(stored: Path) -> None:
    names = {path.name for path in stored.iterdir()}
    assert {Path(name).suffix for name in names} <= {".json", ".safetensors", ".txt", ".md"}
    for path in stored.glob("*.json"):
        assert "/home/" not in path.read_text(encoding="utf-8")
        assert str(Path.cwd()) not in path.read_text(encoding="utf-8")


def test_one_seed_gives_one_checkpoint(stored: Path, tmp_path: Path) -> None:
    same = write_tiny_checkpoint(tmp_path / "tiny", record=RECORD)
    other = write_tiny_checkpoint(tmp_path / "other" / "tiny", record=RECORD, seed=1)
    assert Checkpoint.from_pretrained(same).name == Checkpoint.from_pretrained(stored).name
    assert Checkpoint.from_pretrained(other).name != Checkpoint.from_pretrained(stored).name


FILES = (
    "config.json",
    "calibrator.json",
    "model.safetensors",
    "training_record.json",
    "tokenizer.json",
)
DAMAGE = [
    (name, content)
    for name in FILES
    for content in (None, b"", b"\xff\x00", b"[]", b"{}")
    if (name, content) != ("training_record.json", b"{}")  # an empty record is a record
]


@pytest.mark.parametrize(("name", "content"), DAMAGE)
def test_a_missing_or_damaged_file_is_refused_by_name(
    copy: Path, name: str, content: bytes | None
) -> None:
    (copy / name).unlink()
    if content is not None:
        (copy / name).write_bytes(content)
    seal(copy)
    with pytest.raises(CheckpointRejected) as caught:
        Checkpoint.from_pretrained(copy)
    assert str(copy) in str(caught.value)


def test_damaged_weights_are_said_to_be_damaged(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    seal(copy)
    with pytest.raises(CheckpointRejected, match=r"model\.safetensors"):
        Checkpoint.from_pretrained(copy)


def test_the_calibrator_of_another_checkpoint_is_refused(copy: Path, tmp_path: Path) -> None:
    other = write_tiny_checkpoint(tmp_path / "other", seed=1)
    shutil.copy(other / "calibrator.json", copy)
    seal(copy)
    with pytest.raises(CheckpointRejected, match=r"calibrator\.json"):
        Checkpoint.from_pretrained(copy)


def _relations(config: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = config["relations"]
    return part


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: _relations(config).pop("evidence"),
        lambda config: _relations(config).update(evidence={"threshold": 0.2, "unknown": 1}),
        lambda config: _relations(config)["atlop"].pop("entity_types"),
        lambda config: _relations(config)["atlop"].update(reverse=True),
        lambda config: _relations(config)["atlop"].update(classifier="bilinear"),
        lambda config: _relations(config)["atlop"].update(context="none"),
        lambda config: _relations(config)["atlop"].update(markers="nonsense"),
        lambda config: config.pop("relations"),
        lambda config: config.pop("mentions"),
        lambda config: _relations(config).update(vocabulary=["P17"]),
        lambda config: _relations(config).update(vocabulary={}),
        lambda config: _relations(config)["vocabulary"].update(P17="Place of birth"),
        lambda config: _relations(config)["vocabulary"].popitem(),
        lambda config: _relations(config)["atlop"].update(block=7),
        lambda config: _relations(config)["atlop"].update(relations=99),
        lambda config: _relations(config)["atlop"].update(unknown=1),
        lambda config: _relations(config)["atlop"].update(block=0),
        lambda config: _relations(config)["atlop"].update(extractor_width=True),
        lambda config: _relations(config)["evidence"].update(threshold="0.2"),
        lambda config: _relations(config)["evidence"].update(threshold=float("nan")),
        lambda config: _relations(config)["encoder"].update(model_type="unknown"),
        lambda config: _relations(config)["encoder"].update(hidden_size=64),
        lambda config: _relations(config)["encoder"].pop("model_type"),
        lambda config: _relations(config)["encoder"].update(hidden_dropout_prob="much"),
        lambda config: _relations(config)["encoder"].update(pad_token_id=999_999),
        lambda config: _relations(config)["encoder"].update(hidden_act="unheard of"),
        lambda config: _relations(config)["encoder"].update(num_attention_heads=5),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    copy: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    spoil(config)
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    seal(copy)
    with pytest.raises(CheckpointRejected, match="copy"):
        Checkpoint.from_pretrained(copy)


def test_the_format_of_another_version_is_named(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps({**config, "format": "factloom-1"}))
    with pytest.raises(CheckpointRejected, match="copy: format 'factloom-1' is neither"):
        Checkpoint.from_pretrained(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"slope": 0.0},
        {"slopes": [1.0], "offsets": [0.0]},  # six relations
        {"slopes": [1.0] * 6},
        {"offset": "no"},
        {"unknown": 1},
    ],
)
def test_a_calibrator_that_does_not_fit_is_refused(copy: Path, changes: dict[str, Any]) -> None:
    path = copy / "calibrator.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    seal(copy)
    with pytest.raises(CheckpointRejected, match="copy is damaged"):
        Checkpoint.from_pretrained(copy)


def test_weights_changed_after_calibration_are_refused(copy: Path) -> None:
    tensors = load_file(copy / "model.safetensors")
    tensors["relations.bilinear.bias"][0] += 1.0
    save_file(tensors, copy / "model.safetensors")
    seal(copy)
    with pytest.raises(CheckpointRejected, match=r"calibrator\.json belongs to other weights"):
        Checkpoint.from_pretrained(copy)


def test_a_folder_that_is_not_there_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CheckpointRejected, match="FACTLOOM_EXTRACTOR__CHECKPOINT"):
        Checkpoint.from_pretrained(tmp_path / "missing")


def test_the_tiny_checkpoint_knows_its_relations(checkpoint: Checkpoint) -> None:
    assert checkpoint.relations.names == RELATIONS
