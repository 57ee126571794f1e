"""One tokenizer, one tiny model and one tiny checkpoint for all tests of the extractor."""

from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.model import Atlop
from extractor.checkpoint import Checkpoint
from extractor.encoder.encoder import default_encoder
from extractor.text.pieces import load_tokenizer
from tests.checkpoints import tiny_atlop, write_tiny_checkpoint

torch.set_num_threads(1)  # tiny tensors: threads would only wait for each other


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerBase:
    return load_tokenizer(default_encoder())


@pytest.fixture
def atlop(tokenizer: PreTrainedTokenizerBase) -> Atlop:
    """Return a tiny ATLOP with the paper's switches."""
    return tiny_atlop(tokenizer)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    return Checkpoint.from_pretrained(write_tiny_checkpoint(folder))
