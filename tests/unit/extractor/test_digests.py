"""A checkpoint's name covers all that changes its output; graphs of 0.1 keep theirs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor import digests
from extractor.checkpoint import Checkpoint
from extractor.circumstances.features import FEATURES
from extractor.digests import DIGESTS, WEIGHTS, checkpoint_name, seal
from extractor.errors import CheckpointRejected
from extractor.files import file_hash
from extractor.manifest import FORMAT_OF_0_1
from tests.checkpoints import write_tiny_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "tiny"))


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def swap_names(config: dict[str, Any]) -> None:
    names = config["relations"]["vocabulary"]
    names["P19"], names["P569"] = names["P569"], names["P19"]


def reverse_order(config: dict[str, Any]) -> None:
    names = config["relations"]["vocabulary"]
    config["relations"]["vocabulary"] = dict(reversed(names.items()))


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "names": ("config.json", swap_names),
    "order": ("config.json", reverse_order),
    "evidence": ("config.json", lambda it: it["relations"]["evidence"].update(threshold=0.3)),
    "languages": ("config.json", lambda it: it.update(languages=["de"])),
    "calibrator": ("calibrator.json", lambda it: it.update(slope=0.5)),
    "word pieces": ("tokenizer.json", lambda it: it["normalizer"].update(lowercase=False)),
    "tokenizer": ("tokenizer_config.json", lambda it: it.update(do_lower_case=False)),
}


@pytest.mark.parametrize(("name", "change"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_refused_and_another_checkpoint_when_sealed(
    stored: Path, copy: Path, name: str, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(copy / name, change)
    for use in (checkpoint_name, Checkpoint.from_pretrained):
        with pytest.raises(CheckpointRejected, match=rf"tiny/{name} is not the file.*copy the"):
            use(copy)
    seal(copy)
    assert checkpoint_name(copy) != checkpoint_name(stored)


def test_circumstances_are_part_of_the_name(stored: Path, copy: Path) -> None:
    weights = {name: float(name == "log_odds") for name in FEATURES}
    (copy / "circumstances.json").write_text(json.dumps({"weights": weights, "offset": 0.0}))
    seal(copy)
    assert checkpoint_name(copy) != checkpoint_name(stored)


def test_signatures_are_part_of_the_name_and_what_trained_it_is_not(
    stored: Path, copy: Path
) -> None:
    edit(copy / "training_record.json", lambda it: it.update(dev_titles=["Other"]))
    with pytest.raises(CheckpointRejected, match=r"training_record\.json is not the file"):
        checkpoint_name(copy)
    seal(copy)
    assert checkpoint_name(copy) == checkpoint_name(stored)
    (copy / "signatures.json").write_text('{"version": 1, "relations": {}}', encoding="utf-8")
    with pytest.raises(CheckpointRejected, match=r"signatures\.json is no file of this checkpoint"):
        checkpoint_name(copy)
    seal(copy)
    assert checkpoint_name(copy) != checkpoint_name(stored)


def test_a_file_that_is_missing_or_planted_is_named(copy: Path) -> None:
    (copy / "special_tokens_map.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CheckpointRejected, match=r"special_tokens_map\.json.*: remove it"):
        Checkpoint.from_pretrained(copy)
    (copy / "special_tokens_map.json").unlink()
    (copy / "tokenizer_config.json").unlink()
    with pytest.raises(CheckpointRejected, match=r"tokenizer_config\.json is missing"):
        Checkpoint.from_pretrained(copy)


def test_what_people_read_of_a_checkpoint_is_none_of_its_files(stored: Path, copy: Path) -> None:
    for name in ("README.md", "scores.json", "retraining.json", ".gitattributes"):
        (copy / name).write_text("{}", encoding="utf-8")
    assert Checkpoint.from_pretrained(copy).name == checkpoint_name(stored)


def test_a_new_checkpoint_needs_its_seal(copy: Path) -> None:
    (copy / DIGESTS).unlink()
    with pytest.raises(CheckpointRejected, match=r"digests\.json cannot be read"):
        Checkpoint.from_pretrained(copy)


def test_a_checkpoint_of_0_1_is_read_and_keeps_its_name(copy: Path) -> None:
    edit(copy / "config.json", lambda it: it.update(format=FORMAT_OF_0_1))
    (copy / DIGESTS).unlink()
    by_weights = f"tiny@{file_hash(copy / WEIGHTS)[:8]}"
    assert checkpoint_name(copy) == Checkpoint.from_pretrained(copy).name == by_weights
    seal(copy)
    assert checkpoint_name(copy) == by_weights
    edit(copy / "config.json", swap_names)
    with pytest.raises(CheckpointRejected, match=r"config\.json is not the file"):
        checkpoint_name(copy)


@pytest.fixture
def shipped_with_0_1(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint of 0.1 without a seal, as that of the first release was, and named as it is."""
    edit(copy / "config.json", lambda it: it.update(format=FORMAT_OF_0_1))
    (copy / DIGESTS).unlink()
    known = {file_hash(copy / WEIGHTS)[:8]: digests.output_hash(digests.checked_digests(copy))}
    monkeypatch.setattr(digests, "SHIPPED_WITH_0_1", known)
    return copy


def test_the_checkpoint_of_0_1_keeps_the_name_that_its_graphs_have(shipped_with_0_1: Path) -> None:
    assert checkpoint_name(shipped_with_0_1) == f"tiny@{file_hash(shipped_with_0_1 / WEIGHTS)[:8]}"


def test_its_weights_with_other_relation_names_are_another_checkpoint(
    shipped_with_0_1: Path,
) -> None:
    before = checkpoint_name(shipped_with_0_1)
    edit(shipped_with_0_1 / "config.json", swap_names)
    assert checkpoint_name(shipped_with_0_1) != before


def test_weights_that_are_no_file_of_a_checkpoint_are_refused(copy: Path) -> None:
    with (copy / WEIGHTS).open("r+b") as file:
        file.truncate(3 * 2**30)  # sparse
    with pytest.raises(CheckpointRejected, match=r"model\.safetensors has 3\.0 GB"):
        checkpoint_name(copy)
