"""The attention of the encoder's layers, and single rows of the last layer's attention maps."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

ATTENTION = "factloom"
"""The name under which transformers knows `attend`."""
HIDDEN = -3e4
"""Logit of a piece that may not be read: exp of it is 0, and no precision makes it infinite, so
that a window of nothing but padding gives no NaN."""


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[Tensor, None]:
    """Return softmax(Q K^T * scaling + mask) V, by whichever kernel is the faster one.

    Args:
        module: the layer that asks; part of the interface of transformers.
        query: (windows, heads, pieces, head width).
        key: (windows, heads, pieces, head width).
        value: (windows, heads, pieces, head width).
        attention_mask: (windows, 1 or heads, pieces, pieces): true where a piece may be read, or
            what is added to the scaled products. None: everything may be read.
        scaling: factor of the products; None: 1 / sqrt(head width).
        dropout: share of the weights to drop; 0 outside of training.

    Returns:
        (windows, pieces, heads, head width), and no maps.
    """
    if _fused_is_slow(query, attention_mask):
        scale = query.shape[-1] ** -0.5 if scaling is None else scaling
        products = (query * scale) @ key.transpose(-1, -2)
        if attention_mask is not None:
            products += _additive(attention_mask, products.dtype)
        mixed = F.dropout(products.softmax(dim=-1), dropout) @ value
    else:
        if attention_mask is not None and attention_mask.dtype != torch.bool:
            attention_mask = attention_mask.to(query.dtype)
        mixed = F.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask, dropout_p=dropout, scale=scaling
        )
    return mixed.transpose(1, 2).contiguous(), None


def _fused_is_slow(query: Tensor, mask: Tensor | None) -> bool:
    """Tell where torch's fused attention loses: its backward pass on a CPU.

    In reduced precision it takes twice as long as plain operations; for a mask that is trained it
    has none and falls back on slower ones.
    """
    reduced = query.dtype in (torch.bfloat16, torch.float16)
    trained_mask = mask is not None and mask.requires_grad
    return query.device.type == "cpu" and query.requires_grad and (reduced or trained_mask)


def _additive(mask: Tensor, dtype: torch.dtype) -> Tensor:
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, HIDDEN)


AttentionInterface.register(ATTENTION, attend)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)


class MPNetLayers(nn.Module):
    """MPNet's layers with their own weights; `attend` computes the attention.

    Those in transformers know eager attention only. Mask and relative position bias become one
    term, once for all layers.
    """

    def __init__(self, original: Any) -> None:
        super().__init__()
        self.layer = original.layer
        self.relative_attention_bias = original.relative_attention_bias
        for layer in original.layer:
            layer.attention.attn = _MPNetAttention(layer.attention.attn)

    def forward(
        self, hidden_states: Tensor, attention_mask: Tensor | None = None, **_: Any
    ) -> BaseModelOutput:
        """Return the last and all hidden states, each (windows, pieces, width)."""
        bias = self.position_bias(hidden_states)
        if attention_mask is not None:
            bias = torch.where(attention_mask, bias, HIDDEN)
        states = [hidden_states]
        for layer in self.layer:
            states.append(layer(states[-1], bias)[0])
        return BaseModelOutput(last_hidden_state=states[-1], hidden_states=tuple(states))

    def position_bias(self, hidden_states: Tensor) -> Tensor:
        """Return what the distance of two pieces adds, (1, heads, pieces, pieces)."""
        places = torch.arange(hidden_states.shape[1], device=hidden_states.device)
        buckets = MPNetEncoder.relative_position_bucket(places[None, :] - places[:, None])
        return self.relative_attention_bias(buckets).permute(2, 0, 1)[None]  # type: ignore[no-any-return]


class _MPNetAttention(nn.Module):
    def __init__(self, original: Any) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = original.q, original.k, original.v, original.o
        self.heads = int(original.num_attention_heads)
        self.dropout = float(original.dropout.p)

    def forward(self, hidden_states: Tensor, bias: Tensor, *_: Any, **__: Any) -> tuple[Tensor]:
        query, key, value = (
            part(hidden_states).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        dropout = self.dropout if self.training else 0.0
        mixed = attend(self, query, key, value, bias, dropout=dropout)[0]
        return (self.o(mixed.flatten(2)),)


def use_fast_attention(transformer: Any) -> None:
    """Let every layer of an encoder compute its attention by `attend`."""
    if transformer.config.model_type == "mpnet":
        transformer.config._attn_implementation = ATTENTION  # for the form of the mask
        transformer.encoder = MPNetLayers(transformer.encoder)
    else:
        transformer.set_attn_implementation(ATTENTION)


def attention_rows(
    transformer: Any, inputs: Tensor, attention_mask: Tensor, rows: Tensor
) -> Tensor:
    """Return softmax(Q[rows] K^T / sqrt(head width) + bias) of the last layer, in fp32.

    Args:
        transformer: an encoder that `use_fast_attention` knows.
        inputs: what the last layer reads, (windows, pieces, width).
        attention_mask: (windows, pieces), 1 for a real piece.
        rows: (windows, markers), positions.

    Returns:
        (windows, heads, markers, pieces).
    """
    attention = transformer.encoder.layer[-1].attention
    relative = transformer.config.model_type == "mpnet"
    query, key = (
        (attention.attn.q, attention.attn.k)
        if relative
        else (attention.self.query, attention.self.key)
    )
    heads = transformer.config.num_attention_heads
    picked = inputs.gather(1, rows[:, :, None].expand(-1, -1, inputs.shape[2]))
    queries = query(picked).unflatten(-1, (heads, -1)).transpose(1, 2)
    keys = key(inputs).unflatten(-1, (heads, -1)).transpose(1, 2)
    products: Tensor = (queries @ keys.transpose(-1, -2)).float() * queries.shape[-1] ** -0.5
    if relative:
        bias = transformer.encoder.position_bias(inputs)[0].float()
        products = products + bias[:, rows].transpose(0, 1)
    hidden = attention_mask[:, None, None, :] == 0
    return products.masked_fill(hidden, HIDDEN).softmax(dim=-1)
