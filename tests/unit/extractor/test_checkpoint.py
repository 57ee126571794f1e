from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import PreTrainedTokenizerBase

from extractor.batching import collate
from extractor.calibration import Calibrator
from extractor.checkpoint import (
    EMBEDDINGS,
    Checkpoint,
    TrainingRecord,
    load_checkpoint,
    pack,
    save_checkpoint,
    unpack,
)
from extractor.errors import CheckpointRejected
from extractor.mentions import MentionTagger
from extractor.model import Atlop
from extractor.relations import RelationVocabulary
from tests.checkpoints import RELATIONS, tiny_encoder, write_tiny_checkpoint
from tests.unit.extractor.test_model import SEVERAL, window_of

RECORD = TrainingRecord(
    relation_titles=("One", "Two"),
    calibration_titles=("Three",),
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


def test_what_is_saved_is_loaded(
    tmp_path: Path, atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    tagger = MentionTagger(tiny_encoder(tokenizer)).eval()
    relations = RelationVocabulary({"P1": "one", "P2": "two", "P3": "three", "P4": "four"})
    calibrator = Calibrator(slope=0.7, offset=-0.3)
    save_checkpoint(
        tmp_path / "new" / "model",
        atlop=atlop,
        tagger=tagger,
        tokenizer=tokenizer,
        relations=relations,
        calibrator=calibrator,
        record=RECORD,
    )
    loaded = load_checkpoint(tmp_path / "new" / "model")
    assert loaded.relations.names == relations.names
    assert loaded.calibrator == calibrator
    assert loaded.record == RECORD
    assert loaded.record.relation_documents_seen == {"One", "Two", "Three"}
    assert loaded.tokenizer.get_vocab() == tokenizer.get_vocab()
    assert not loaded.atlop.training
    assert not loaded.tagger.training
    batch = collate([window_of(tokenizer, SEVERAL)], pad_id=0)
    with torch.no_grad():
        before, after = atlop(batch).logits, loaded.atlop(batch).logits
        tags, same_tags = (
            model(batch.input_ids, batch.attention_mask) for model in (tagger, loaded.tagger)
        )
    # int8 moves each weight by at most 1/254 of its row's largest.
    assert (before - after).abs().max() < 0.05 * before.abs().max()
    assert (before - after).abs().max() > 0
    assert (tags - same_tags).abs().max() < 0.05 * tags.abs().max()


def test_saving_what_was_loaded_changes_no_weight(stored: Path, tmp_path: Path) -> None:
    loaded = load_checkpoint(stored)
    save_checkpoint(
        tmp_path,
        atlop=loaded.atlop,
        tagger=loaded.tagger,
        tokenizer=loaded.tokenizer,
        relations=loaded.relations,
        calibrator=loaded.calibrator,
        record=loaded.record,
    )
    again = load_checkpoint(tmp_path).atlop.state_dict()
    for name, value in loaded.atlop.state_dict().items():
        assert torch.allclose(value, again[name], rtol=1e-6, atol=1e-9), name


def test_the_name_says_the_folder_and_the_weights(stored: Path, copy: Path) -> None:
    one, other = load_checkpoint(stored).name, load_checkpoint(copy).name
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
    assert load_checkpoint(same).name == load_checkpoint(stored).name
    assert load_checkpoint(other).name != load_checkpoint(stored).name


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
    with pytest.raises(CheckpointRejected) as caught:
        load_checkpoint(copy)
    assert str(copy) in str(caught.value)


def test_damaged_weights_are_said_to_be_damaged(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(CheckpointRejected, match=r"model\.safetensors"):
        load_checkpoint(copy)


def test_the_calibrator_of_another_checkpoint_is_refused(copy: Path, tmp_path: Path) -> None:
    other = write_tiny_checkpoint(tmp_path / "other", seed=1)
    shutil.copy(other / "calibrator.json", copy)
    with pytest.raises(CheckpointRejected, match=r"calibrator\.json"):
        load_checkpoint(copy)


def _relations(config: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = config["relations"]
    return part


@pytest.mark.parametrize(
    "spoil",
    [
        lambda config: config.update(format="factloom-0"),
        lambda config: config.pop("relations"),
        lambda config: config.pop("mentions"),
        lambda config: _relations(config).update(vocabulary=["P17"]),
        lambda config: _relations(config).update(vocabulary={}),
        lambda config: _relations(config)["vocabulary"].update(P17="Place of birth"),
        lambda config: _relations(config)["vocabulary"].popitem(),
        lambda config: _relations(config)["atlop"].update(block=7),
        lambda config: _relations(config)["atlop"].update(relations=99),
        lambda config: _relations(config)["atlop"].update(unknown=1),
        lambda config: _relations(config)["encoder"].update(model_type="unknown"),
        lambda config: _relations(config)["encoder"].update(hidden_size=64),
        lambda config: _relations(config)["encoder"].pop("model_type"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    copy: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    spoil(config)
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CheckpointRejected, match="copy"):
        load_checkpoint(copy)


def test_a_folder_that_is_not_there_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(CheckpointRejected, match="FACTLOOM_EXTRACTOR__CHECKPOINT"):
        load_checkpoint(tmp_path / "missing")


@given(
    st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 9), st.sampled_from([1e-9, 1.0, 1e6])
)
def test_a_packed_weight_is_off_by_at_most_half_a_step(
    seed: int, rows: int, columns: int, size: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(rows, columns, generator=generator) * size
    matrix[0] = 0.0
    back = unpack(pack({"weight": matrix}))["weight"]
    step = matrix.abs().amax(dim=1, keepdim=True) / 127
    assert ((matrix - back).abs() <= step * 0.5001).all()
    assert torch.equal(back[0], torch.zeros(columns))


def test_vectors_and_counts_are_stored_as_they_are() -> None:
    tensors = {"bias": torch.randn(5), "ids": torch.arange(6).view(2, 3)}
    back = unpack(pack(tensors))
    assert all(torch.equal(back[name], value) for name, value in tensors.items())


def test_the_tiny_checkpoint_knows_its_relations(checkpoint: Checkpoint) -> None:
    assert checkpoint.relations.names == RELATIONS
