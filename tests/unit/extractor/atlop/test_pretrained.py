"""Pretrained weights come from safetensors; a pickle, which is code, is never loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from extractor.atlop.encoder import pretrained_encoder
from extractor.errors import CheckpointRejected


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
    BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def test_safetensors_are_loaded(folder: Path) -> None:
    assert pretrained_encoder(folder).get_parameter("embeddings.word_embeddings.weight").shape == (
        30,
        8,
    )


def test_a_pickle_is_refused(folder: Path) -> None:
    weights = pretrained_encoder(folder).state_dict()
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointRejected, match="no encoder in"):
        pretrained_encoder(folder)
