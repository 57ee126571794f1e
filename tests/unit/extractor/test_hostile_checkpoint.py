"""A checkpoint is data that anybody may have written: refused by name, soon, and nothing is run."""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from extractor.checkpoint import Checkpoint
from extractor.digests import WEIGHTS, seal
from extractor.errors import CheckpointRejected
from extractor.files import file_hash
from extractor.manifest import LARGEST_JSON
from extractor.relations import MOST_RELATIONS
from extractor.text.pieces import load_tokenizer
from tests.checkpoints import write_tiny_checkpoint

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def copy(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "copy"))


@pytest.fixture(autouse=True)
def nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a checkpoint is refused only after its weights were read."""

    def built(*_: object) -> None:
        raise AssertionError("weights were read of a checkpoint that is to be refused")

    monkeypatch.setattr("extractor.checkpoint.load_file", built)


def refused(folder: Path, match: str) -> None:
    seal(folder)  # by whoever made it
    with pytest.raises(CheckpointRejected, match=match):
        Checkpoint.from_pretrained(folder)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize("said", [["evil.Tokenizer", None], {"AutoTokenizer": ["evil.T", None]}])
def test_a_tokenizer_that_names_code_is_refused(copy: Path, said: object) -> None:
    edit(copy / "tokenizer_config.json", lambda config: config.update(auto_map=said))
    refused(copy, r"tokenizer_config\.json names code or files to load \('auto_map'\).*remove")


@pytest.mark.parametrize(
    "said",
    [
        {"auto_map": {"AutoModel": "other--evil.Model"}},
        {"attn_implementation": "somebody/kernel"},
        {"_attn_implementation": "somebody/kernel"},
        {"quantization_config": {"quant_method": "any"}},
        {"configuration_files": ["config.9.json"]},
        {"relations": {"encoder": {"auto_map": {"AutoModel": "other--evil.Model"}}}},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_configuration_that_names_code_is_refused(copy: Path, said: dict[str, object]) -> None:
    edit(copy / "config.json", lambda config: config.update(said))
    refused(copy, r"config\.json names code or files to load")


@pytest.mark.parametrize(
    "name",
    ["evil.py", "pytorch_model.bin", "vocab.pkl", "Weights.PT", "adapter_config.json"],
)
def test_a_file_that_is_or_names_code_is_refused(copy: Path, name: str) -> None:
    (copy / name).write_text("{}", encoding="utf-8")
    refused(copy, rf"{name} .*remove this file")


def test_a_pipe_is_refused_and_not_waited_for(copy: Path) -> None:
    os.mkfifo(copy / "vocab.txt")
    refused(copy, r"vocab\.txt is no ordinary file")


@pytest.mark.parametrize("name", ["config.json", "calibrator.json", "tokenizer.json"])
def test_a_deep_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).write_text("[" * 200_000 + "]" * 200_000, encoding="utf-8")
    refused(copy, rf"{name} is nested deeper")


@pytest.mark.parametrize("name", ["config.json", "signatures.json", "tokenizer.json"])
def test_a_huge_file_is_refused(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.truncate(LARGEST_JSON + 1)  # sparse
    refused(copy, rf"{name} has 32 MB, more than")


SIZES: list[tuple[str, object, str]] = [
    ("num_hidden_layers", 3_000, "'num_hidden_layers' is 3,000"),
    ("num_hidden_layers", 40, "config.json describes"),
    ("num_hidden_layers", 0, "no whole number above 0"),
    ("hidden_size", -32, "'hidden_size' is -32"),
    ("hidden_size", 10**12, "'hidden_size' is 1,000,000,000,000"),
    ("hidden_size", 999_996, "config.json describes"),
    ("hidden_size", "32", "'hidden_size' is '32'"),
    ("intermediate_size", 10**6, "config.json describes"),
    ("vocab_size", 10**9, "'vocab_size' is 1,000,000,000"),
    ("vocab_size", 10**6, "config.json describes"),
    ("max_position_embeddings", 2**40, "'max_position_embeddings' is"),
    ("num_labels", 10**9, "'num_labels' is"),
    ("model_type", "encoder-decoder", "choose an encoder of a type"),
]


@pytest.mark.parametrize(
    ("part", "field", "value", "message"),
    [("relations", *each) for each in SIZES] + [("mentions", *each) for each in SIZES[:2]],
)
def test_an_absurd_size_of_an_encoder_is_refused(
    copy: Path, part: str, field: str, value: object, message: str
) -> None:
    edit(copy / "config.json", lambda config: config[part]["encoder"].update({field: value}))
    refused(copy, message)


@pytest.mark.parametrize(
    "sizes",
    [{"relations": 10**9}, {"extractor_width": 2**40}, {"block": -8}, {"relations": 10**30}],
    ids=str,
)
def test_an_absurd_size_of_the_model_is_refused(copy: Path, sizes: dict[str, int]) -> None:
    edit(copy / "config.json", lambda config: config["relations"]["atlop"].update(sizes))
    refused(copy, "copy is damaged or incomplete")


def test_a_huge_vocabulary_is_refused(copy: Path) -> None:
    names = {f"P{number}": f"relation {number}" for number in range(MOST_RELATIONS + 1)}
    edit(copy / "config.json", lambda config: config["relations"].update(vocabulary=names))
    refused(copy, "20,001 relations are more than")


def test_a_tokenizer_with_more_pieces_than_vectors_is_refused(copy: Path) -> None:
    tokenizer = load_tokenizer(copy)
    tokenizer.add_tokens([f"piece{number}" for number in range(3)])
    tokenizer.save_pretrained(copy)
    refused(copy, "30525 word pieces, but vectors for 30522")


def test_a_header_of_any_length_is_refused(copy: Path) -> None:
    (copy / "model.safetensors").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    edit(copy / "calibrator.json", lambda it: it.update(weights=file_hash(copy / WEIGHTS)))
    refused(copy, r"model\.safetensors has a header of")


@pytest.mark.parametrize("change", ["one less", "one more", "another shape"])
def test_weights_that_do_not_match_the_configuration_are_refused(copy: Path, change: str) -> None:
    tensors = load_file(copy / "model.safetensors")
    if change == "one less":
        del tensors["mentions.length"]
    elif change == "one more":
        tensors["relations.more"] = torch.zeros(3)
    else:
        tensors["mentions.length"] = torch.zeros(1, 1)
    save_file(tensors, copy / "model.safetensors")
    edit(copy / "calibrator.json", lambda it: it.update(weights=file_hash(copy / WEIGHTS)))
    refused(copy, r"model\.safetensors has .* for (mentions\.length|relations\.more), config\.json")
