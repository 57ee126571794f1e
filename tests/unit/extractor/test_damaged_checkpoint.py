"""A checkpoint that is damaged or does not fit together is refused by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from extractor.checkpoint import (
    Checkpoint,
)
from extractor.circumstances.features import FEATURES
from extractor.digests import seal
from extractor.errors import CheckpointRejected
from tests.checkpoints import write_tiny_checkpoint
from tests.unit.extractor.copies import copy as copy
from tests.unit.extractor.copies import stored as stored

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"weights": {"log_odds": 1.0}}, "one weight for each"),
        ({"weights": 3}, "not iterable"),
        ({"offset": 10**400}, "offset is not between"),
        ({"offset": None}, "offset is no number"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_circumstances_that_do_not_fit_are_refused(
    copy: Path, changes: dict[str, Any], told: str
) -> None:
    weights = {name: float(name == "log_odds") for name in FEATURES}
    path = copy / "circumstances.json"
    path.write_text(json.dumps({"weights": weights, "offset": 0.0}))
    seal(copy)
    assert Checkpoint.from_pretrained(copy).circumstances is not None
    path.write_text(json.dumps({"weights": weights, "offset": 0.0, **changes}))
    seal(copy)
    with pytest.raises(CheckpointRejected, match=f"copy is damaged.*{told}"):
        Checkpoint.from_pretrained(copy)


def test_a_calibrator_beyond_any_float_is_refused(copy: Path) -> None:
    path = copy / "calibrator.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "offset": 10**400}))
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
