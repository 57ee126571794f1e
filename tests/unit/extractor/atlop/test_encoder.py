from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.encoder.attention import ATTENTION
from extractor.encoder.encoder import Encoder, blank_encoder, default_encoder
from extractor.encoder.encoder_config import FAST_MODEL_TYPES, SLOW_MODEL_TYPES
from extractor.errors import CheckpointRejected
from extractor.text.pieces import load_tokenizer
from tests.unit.extractor.tokenizers import TEXT, TOKENIZERS, tiny_config

pytestmark = pytest.mark.slow

PIECES = 24
COMMON = {"vocab_size": 600, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
SHAPE = {**COMMON, "intermediate_size": 48, "max_position_embeddings": 64}
CONFIGS: dict[str, dict[str, Any]] = {
    "bert": SHAPE,
    "roberta": SHAPE,
    "xlm-roberta": SHAPE,
    "camembert": SHAPE,
    "electra": {**SHAPE, "embedding_size": 16},
    "mpnet": SHAPE,
    "albert": {**SHAPE, "embedding_size": 16},
    "deberta-v2": {
        **SHAPE,
        "relative_attention": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_buckets": 8,
    },
    "deberta": {**SHAPE, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    "ernie": SHAPE,
    "megatron-bert": SHAPE,
    "rembert": {**SHAPE, "input_embedding_size": 16},
    "distilbert": {
        "vocab_size": 600,
        "dim": 32,
        "n_layers": 2,
        "n_heads": 4,
        "hidden_dim": 48,
        "max_position_embeddings": 64,
    },
}
SLOW = tuple(SLOW_MODEL_TYPES)
UNREDUCED = ("deberta", "ernie", "megatron-bert", "rembert")
"""DeBERTa's first version masks with a number that bf16 lacks, the others keep an unread pooler."""
NARROW = ("electra", "albert", "rembert")


def test_every_type_that_is_built_is_tested() -> None:
    assert set(CONFIGS) == FAST_MODEL_TYPES | SLOW_MODEL_TYPES


def transformer_of(model_type: str) -> Any:
    """Return an encoder as transformers builds it; the same weights at every call."""
    torch.manual_seed(3)
    config = {"model_type": model_type, "initializer_range": 0.3, **CONFIGS[model_type]}
    return blank_encoder(config).eval()


def encoder_of(model_type: str) -> Encoder:
    return Encoder(transformer_of(model_type)).eval()


def whole_maps(
    model_type: str, ids: torch.Tensor, mask: torch.Tensor, extra: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return hidden states and the last layer's maps by transformers' eager attention."""
    transformer = transformer_of(model_type)
    if transformer.config._attn_implementation != "eager":
        transformer.set_attn_implementation("eager")
    if extra is not None:
        transformer.get_input_embeddings().register_forward_hook(lambda _, __, out: out + extra)
    output = transformer(input_ids=ids, attention_mask=mask, output_attentions=True)
    return output.last_hidden_state, output.attentions[-1]


def batch() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, a mask that hides the end of the second window, and rows."""
    torch.manual_seed(4)
    ids, mask = torch.randint(5, 600, (2, PIECES)), torch.ones(2, PIECES, dtype=torch.long)
    mask[1, 15:] = 0
    ids[1, 15:] = 1  # RoBERTa's padding: transformers tells padding by it, not by the mask
    return ids, mask, torch.tensor([[1, 7, 20], [3, 3, 0]])


def extra_for(encoder: Encoder) -> torch.Tensor:
    """Return vectors for two places of each window."""
    extra = torch.zeros(2, PIECES, encoder.embedding_width)
    extra[:, [3, 7]] = torch.randn(2, 2, encoder.embedding_width)
    return extra


@pytest.mark.parametrize("with_extra", [False, True])
@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_attention_rows_are_those_of_the_last_layers_whole_maps(
    model_type: str, with_extra: bool
) -> None:
    encoder = encoder_of(model_type)
    assert encoder.fast == (model_type not in SLOW)
    assert (encoder.embedding_width < encoder.width) == (model_type in NARROW)
    ids, mask, rows = batch()
    extra = extra_for(encoder) if with_extra else None
    hidden, attention = encoder(ids, mask, rows, embeds_extra=extra)
    expected, maps = whole_maps(model_type, ids, mask, extra)
    assert attention is not None
    assert attention.shape == (2, 4, 3, PIECES)
    for window in range(2):
        real = mask[window].bool()
        picked = maps[window][:, rows[window]]
        assert (attention[window] - picked).abs().max() <= 1e-5
        assert (hidden[window] - expected[window])[real].abs().max() <= 1e-4
    assert attention[0].std() > 1e-3  # far from even, so that rows differ


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_extra_vectors_of_zeros_change_nothing_and_others_do(model_type: str) -> None:
    encoder = encoder_of(model_type)
    ids, mask, rows = batch()
    extra = extra_for(encoder)
    bare, _ = encoder(ids, mask, rows)
    zeros, _ = encoder(ids, mask, rows, embeds_extra=torch.zeros_like(extra))
    assert (bare - zeros)[mask.bool()].abs().max() <= 1e-6
    assert (bare - encoder(ids, mask, rows, embeds_extra=extra)[0]).abs().max() > 1e-2


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_padding_changes_nothing(model_type: str) -> None:
    encoder = encoder_of(model_type)
    ids, mask, rows = batch()
    extra = extra_for(encoder)
    hidden, attention = encoder(ids, mask, rows, embeds_extra=extra)
    short, rows_alone = encoder(ids[1:, :15], mask[1:, :15], rows[1:], embeds_extra=extra[1:, :15])
    assert attention is not None
    assert rows_alone is not None
    assert (hidden[1, :15] - short[0]).abs().max() <= 1e-4
    assert (attention[1, :, :, :15] - rows_alone[0]).abs().max() <= 1e-5
    assert attention[1, :, :, 15:].abs().max() == 0


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_without_rows_only_hidden_states_come_back(model_type: str) -> None:
    encoder = encoder_of(model_type)
    ids, mask, rows = batch()
    hidden, attention = encoder(ids, mask)
    assert attention is None
    assert hidden.shape == (2, PIECES, encoder.width)
    assert (hidden - encoder(ids, mask, rows)[0])[mask.bool()].abs().max() <= 1e-4


@pytest.mark.parametrize("model_type", list(CONFIGS))
@torch.no_grad()
def test_the_longest_input_can_be_read(model_type: str) -> None:
    encoder = encoder_of(model_type)
    reserved = 2 if model_type in ("roberta", "xlm-roberta", "camembert", "mpnet") else 0
    assert encoder.max_pieces == 64 - reserved
    ids = torch.full((1, encoder.max_pieces), 9)
    hidden, _ = encoder(ids, torch.ones_like(ids))
    assert hidden.isfinite().all()


@pytest.mark.parametrize("model_type", [each for each in CONFIGS if each not in UNREDUCED])
def test_training_in_reduced_precision_reaches_every_weight(model_type: str) -> None:
    encoder = encoder_of(model_type).train()
    ids, mask, rows = batch()
    extra = extra_for(encoder).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        hidden, attention = encoder(ids, mask, rows, embeds_extra=extra)
    assert attention is not None
    assert attention.dtype == torch.float32
    ((hidden.float() ** 2).sum() + (attention**2).sum()).backward()
    assert extra.grad is not None
    assert extra.grad[mask.bool()].abs().min() > 0
    for name, weight in encoder.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name


@pytest.mark.parametrize("model_type", list(CONFIGS))
def test_weights_keep_the_names_that_transformers_gives_them(model_type: str) -> None:
    original = transformer_of(model_type).state_dict()
    wrapped = encoder_of(model_type).transformer.state_dict()
    assert list(wrapped) == list(original)
    assert all(torch.equal(wrapped[name], original[name]) for name in original)
    told = encoder_of(model_type).config.to_diff_dict()
    assert not [value for value in told.values() if value == ATTENTION]


@pytest.mark.parametrize("family", list(TOKENIZERS))
@torch.no_grad()
def test_a_familys_batch_is_the_same_by_transformers_and_here(family: str) -> None:
    tokenizer = TOKENIZERS[family]()
    config = tiny_config(family, tokenizer)
    texts = [TEXT, "Angela was born in Hamburg."]
    given = tokenizer(texts, padding=True, return_tensors="pt", return_token_type_ids=False)
    torch.manual_seed(6)
    transformer = blank_encoder(config).eval()
    expected = transformer(**given).last_hidden_state
    encoder = Encoder(transformer)
    hidden, _ = encoder(given["input_ids"], given["attention_mask"])
    assert (hidden - expected)[given["attention_mask"].bool()].abs().max() <= 1e-4
    assert encoder.max_pieces == 60


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
