"""One tokenizer, one tiny model and one tiny checkpoint for all tests of the extractor."""

from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.checkpoint import Checkpoint, load_checkpoint
from extractor.encoder import default_encoder, load_tokenizer
from extractor.model import Atlop, AtlopConfig
from tests.checkpoints import WIDTH, tiny_encoder, write_tiny_checkpoint

torch.set_num_threads(1)  # tiny tensors: threads would only wait for each other


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerBase:
    return load_tokenizer(default_encoder())


@pytest.fixture
def atlop(tokenizer: PreTrainedTokenizerBase) -> Atlop:
    """Return a tiny ATLOP whose attention is far from even."""
    torch.manual_seed(7)
    encoder = tiny_encoder(tokenizer, initializer_range=0.3)
    config = AtlopConfig(relations=5, extractor_width=WIDTH, block=8)
    return Atlop(encoder, config).eval()


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return load_checkpoint(write_tiny_checkpoint(tmp_path_factory.mktemp("models") / "tiny"))
