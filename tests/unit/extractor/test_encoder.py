from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.encoder import Encoder, blank_encoder, default_encoder, load_tokenizer
from extractor.errors import CheckpointRejected

PIECES = 24
COMMON = {"vocab_size": 600, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
SHAPE = {**COMMON, "intermediate_size": 48, "max_position_embeddings": 64}
CONFIGS: dict[str, dict[str, Any]] = {
    "bert": SHAPE,
    "roberta": SHAPE,
    "xlm-roberta": SHAPE,
    "electra": {**SHAPE, "embedding_size": 16},
    "mpnet": SHAPE,
    "distilbert": {
        "vocab_size": 600,
        "dim": 32,
        "n_layers": 2,
        "n_heads": 4,
        "hidden_dim": 48,
        "max_position_embeddings": 64,
    },
}
FAST = ("bert", "roberta", "xlm-roberta", "electra")


def encoder_of(model_type: str) -> Encoder:
    torch.manual_seed(3)
    config = {"model_type": model_type, "initializer_range": 0.3, **CONFIGS[model_type]}
    return Encoder(blank_encoder(config)).eval()


def batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, a mask that hides the end of the second window, and rows."""
    torch.manual_seed(4)
    ids, mask = torch.randint(5, 600, (2, PIECES)), torch.ones(2, PIECES, dtype=torch.long)
    mask[1, 15:] = 0
    return ids, mask, torch.tensor([[1, 7, 20], [3, 3, 0]])


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_attention_rows_are_those_of_the_last_layers_whole_maps(model_type: str) -> None:
    encoder = encoder_of(model_type)
    assert encoder.fast == (model_type in FAST)
    ids, mask, rows = batch()
    hidden, attention = encoder(ids, mask, rows)
    encoder.transformer.set_attn_implementation("eager")  # type: ignore[operator]
    output = encoder.transformer(input_ids=ids, attention_mask=mask, output_attentions=True)
    assert attention is not None
    assert attention.shape == (2, 4, 3, PIECES)
    for window in range(2):
        picked = output.attentions[-1][window][:, rows[window]]
        assert (attention[window] - picked).abs().max() <= 1e-5
        real = mask[window].bool()
        assert (hidden[window] - output.last_hidden_state[window])[real].abs().max() <= 1e-4
    assert attention[0].std() > 1e-3  # far from even, so that rows differ


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_without_rows_only_hidden_states_come_back(model_type: str) -> None:
    encoder = encoder_of(model_type)
    ids, mask, rows = batch()
    hidden, attention = encoder(ids, mask)
    assert attention is None
    assert hidden.shape == (2, PIECES, encoder.width)
    assert (hidden - encoder(ids, mask, rows)[0])[mask.bool()].abs().max() <= 1e-4


@pytest.mark.parametrize("model_type", ["bert", "roberta", "xlm-roberta"])
@torch.no_grad()
def test_the_longest_input_can_be_read(model_type: str) -> None:
    encoder = encoder_of(model_type)
    ids = torch.full((1, encoder.max_pieces), 9)
    hidden, _ = encoder(ids, torch.ones_like(ids))
    assert hidden.isfinite().all()


def test_the_default_tokenizer_neither_truncates_nor_pads(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    assert len(tokenizer.backend_tokenizer.encode("word " * 1000, add_special_tokens=False)) == 1000
    assert len(tokenizer.backend_tokenizer.encode("word", add_special_tokens=False)) == 1


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointRejected, match="no tokenizer in"):
        load_tokenizer(tmp_path)


def test_the_default_encoder_is_on_this_machine() -> None:
    assert (default_encoder() / "config.json").is_file()
