"""Encoders that training starts from are data: safetensors and settings, never code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from extractor.encoder.encoder import default_encoder, pretrained_encoder
from extractor.errors import CheckpointRejected
from extractor.text.pieces import load_tokenizer

pytestmark = pytest.mark.slow

MARK = "from pathlib import Path\nPath({mark!r}).touch()\nclass Evil: pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder as hubs keep it."""
    config = BertConfig(
        vocab_size=30,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
    )
    BertModel(config).save_pretrained(tmp_path / "encoder")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(default_encoder() / name, tmp_path / "encoder")
    return tmp_path / "encoder"


@pytest.fixture
def agreeing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say yes to whatever transformers asks on the terminal."""
    monkeypatch.setattr("builtins.input", lambda _: "y")


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")


def fetched(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an encoder lie in the cache of the hub as somebody/encoder."""
    cached = cache / "models--somebody--encoder"
    shutil.copytree(folder, cached / "snapshots" / ("0" * 40))
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def test_safetensors_are_loaded(folder: Path) -> None:
    assert pretrained_encoder(folder).get_parameter("embeddings.word_embeddings.weight").shape == (
        30,
        8,
    )


def test_a_pickle_is_refused(folder: Path) -> None:
    weights = pretrained_encoder(folder).state_dict()
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointRejected, match=r"pytorch_model\.bin is a pickle"):
        pretrained_encoder(folder)


LOADS: list[tuple[str, str, Callable[[Any], object]]] = [
    ("config.json", "AutoConfig", pretrained_encoder),
    ("config.json", "AutoModel", pretrained_encoder),
    ("config.json", "AutoConfig", load_tokenizer),
    ("tokenizer_config.json", "AutoTokenizer", load_tokenizer),
]


@pytest.mark.usefixtures("agreeing")
@pytest.mark.parametrize(("file", "kind", "load"), LOADS)
def test_code_of_an_encoder_never_runs(
    folder: Path, tmp_path: Path, file: str, kind: str, load: Callable[[Path], object]
) -> None:
    mark = tmp_path / "it ran"
    named = ["evil.Evil", "evil.Evil"] if kind == "AutoTokenizer" else "evil.Evil"
    edit(folder / file, auto_map={kind: named}, model_type="evil", tokenizer_class="Evil")
    (folder / "evil.py").write_text(MARK.format(mark=str(mark)))
    with pytest.raises(CheckpointRejected, match=rf"{file} names code|evil\.py is code"):
        load(folder)
    edit(folder / file, auto_map=None)
    with pytest.raises(CheckpointRejected, match=r"evil\.py is code.*remove this file"):
        load(folder)
    assert not mark.exists()


@pytest.mark.usefixtures("agreeing")
@pytest.mark.parametrize(("file", "kind", "load"), LOADS)
def test_code_of_an_encoder_by_its_name_never_runs(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    kind: str,
    load: Callable[[str], object],
) -> None:
    named = ["evil.Evil", "evil.Evil"] if kind == "AutoTokenizer" else "evil.Evil"
    edit(folder / file, auto_map={kind: named})
    fetched(folder, tmp_path / "hub", monkeypatch)
    with pytest.raises(CheckpointRejected, match=rf"{file} names code or files to load"):
        load("somebody/encoder")


def test_an_encoder_by_its_name_has_all_its_weights_in_one_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched(folder, tmp_path / "hub", monkeypatch)
    found = pretrained_encoder("somebody/encoder").get_parameter("embeddings.LayerNorm.bias")
    assert found.shape == (8,)
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "a.bin"}}')
    fetched(folder, tmp_path / "other", monkeypatch)
    with pytest.raises(CheckpointRejected, match=r"index\.json names weights elsewhere"):
        pretrained_encoder("somebody/encoder")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_hidden_layers": 3_000}, "'num_hidden_layers' is 3,000"),
        ({"num_hidden_layers": 60}, r"config\.json describes .* numbers, model\.safetensors has"),
        ({"hidden_size": 999_996}, r"config\.json describes .* numbers, model\.safetensors has"),
        ({"hidden_size": -8}, "'hidden_size' is -8, no whole number above 0"),
        ({"model_type": "rag"}, "choose an encoder of a type"),
        ({"hidden_dropout_prob": "much"}, "no encoder in"),
        ({"attn_implementation": "somebody/kernel"}, "names code"),
    ],
)
def test_an_encoder_of_an_absurd_size_is_refused(
    folder: Path, changes: dict[str, object], message: str
) -> None:
    edit(folder / "config.json", **changes)
    with pytest.raises(CheckpointRejected, match=message):
        pretrained_encoder(folder)


def test_a_deep_configuration_is_refused(folder: Path) -> None:
    (folder / "config.json").write_text("[" * 200_000 + "]" * 200_000)
    for load in (pretrained_encoder, load_tokenizer):
        with pytest.raises(CheckpointRejected, match=r"config\.json is nested deeper"):
            load(folder)
