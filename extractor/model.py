"""ATLOP (Zhou et al., AAAI 2021): entity pairs of a document -> logits over TH and the relations.

Equations are the paper's. The arrangement is the efficient one: attention only at the markers, the
context of a pair computed once for both directions, extractors split into an entity and a context
part, and a group bilinear that never holds the whole outer product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from extractor.encoder import Encoder

BLOCK = 64
"""The paper's width of a group in the group bilinear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlopConfig:
    """The numbers that give ATLOP its shape."""

    relations: int
    """Logit columns, TH included."""
    extractor_width: int = 384
    """Width of head and tail vectors; equal to the encoder's width, as in the paper."""
    block: int = BLOCK
    """Width of a group in the group bilinear; the paper's k is extractor_width / block."""
    pair_chunk: int = 1024
    """Unordered pairs scored at a time, so that memory stays bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBatch:
    """Windows padded to one length. Pairs are unordered, and sorted by window."""

    input_ids: Tensor
    """(windows, pieces)"""
    attention_mask: Tensor
    """(windows, pieces), 1 for a real piece."""
    content_mask: Tensor
    """(windows, pieces), 1 for a real piece that is not a special token."""
    markers: Tensor
    """(windows, markers), padded with 0."""
    entity_of_marker: Tensor
    """(windows, markers), padded with `entities`."""
    entities: int
    """Largest number of entities in a window."""
    pair_window: Tensor
    """(pairs,)"""
    first: Tensor
    """(pairs,) the pair's smaller entity index in its window."""
    second: Tensor
    """(pairs,)"""

    def to(self, device: torch.device) -> WindowBatch:
        """Return the batch with its tensors on a device."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        tensors = {name: value.to(device) for name, value in values.items() if name != "entities"}
        return WindowBatch(entities=self.entities, **tensors)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScores:
    """What ATLOP says of each unordered pair."""

    logits: Tensor
    """(pairs, 2, relations): first -> second, then second -> first."""
    context_weights: Tensor
    """(pairs, pieces): localized context attention, summing to 1."""


class Atlop(nn.Module):
    """Adaptive thresholding and localized context pooling over a pretrained encoder."""

    def __init__(self, encoder: Encoder, config: AtlopConfig) -> None:
        super().__init__()
        self.encoder = encoder
        self.config = config
        width = config.extractor_width
        self.head_entity = nn.Linear(encoder.width, width)
        self.head_context = nn.Linear(encoder.width, width, bias=False)
        self.tail_entity = nn.Linear(encoder.width, width)
        self.tail_context = nn.Linear(encoder.width, width, bias=False)
        self.bilinear = GroupBilinear(width, config.block, config.relations)

    def forward(self, batch: WindowBatch) -> PairScores:
        """Score every pair of the batch; logits and weights are fp32."""
        hidden, attention = self.encoder(batch.input_ids, batch.attention_mask, batch.markers)
        assert attention is not None
        at_markers = hidden.gather(1, batch.markers[:, :, None].expand(-1, -1, hidden.shape[2]))
        entity = pooled_by_entity(at_markers.float(), batch.entity_of_marker, batch.entities)
        entity_attention = mean_by_entity(attention, batch.entity_of_marker, batch.entities)
        head, tail = self.head_entity(entity), self.tail_entity(entity)
        logits, weights = [], []
        for chunk in torch.arange(len(batch.first), device=hidden.device).split(
            self.config.pair_chunk
        ):
            window, first, second = (
                index[chunk] for index in (batch.pair_window, batch.first, batch.second)
            )
            weight = context_weights(
                entity_attention[window, first],
                entity_attention[window, second],
                batch.content_mask[window],
            )
            context = localized_context(weight, hidden.float(), window)
            head_context, tail_context = self.head_context(context), self.tail_context(context)
            # Equations 3 and 4: z_s = tanh(W_s h_s + W_c1 c), z_o = tanh(W_o h_o + W_c2 c).
            forth = self.bilinear(
                torch.tanh(head[window, first] + head_context),
                torch.tanh(tail[window, second] + tail_context),
            )
            back = self.bilinear(
                torch.tanh(head[window, second] + head_context),
                torch.tanh(tail[window, first] + tail_context),
            )
            logits.append(torch.stack((forth, back), dim=1))
            weights.append(weight)
        return PairScores(logits=torch.cat(logits).float(), context_weights=torch.cat(weights))

    if TYPE_CHECKING:
        __call__ = forward


def pooled_by_entity(at_markers: Tensor, entity_of_marker: Tensor, entities: int) -> Tensor:
    """Return logsumexp over each entity's mentions (equation 1): (windows, entities, width)."""
    windows, _, width = at_markers.shape
    index = entity_of_marker[:, :, None].expand(-1, -1, width)
    largest = at_markers.new_full((windows, entities + 1, width), float("-inf"))
    largest = largest.scatter_reduce(1, index, at_markers.detach(), "amax")
    largest = largest.masked_fill(largest.isinf(), 0.0)  # rows that no mention fills
    total = torch.zeros_like(largest).scatter_add(
        1, index, (at_markers - largest.gather(1, index)).exp()
    )
    pooled = largest + total.clamp_min(torch.finfo(total.dtype).tiny).log()
    return pooled[:, :entities]


def mean_by_entity(attention: Tensor, entity_of_marker: Tensor, entities: int) -> Tensor:
    """Return each entity's attention, the mean over its mentions (section 3.3).

    Args:
        attention: (windows, heads, markers, pieces).
        entity_of_marker: (windows, markers).
        entities: the number of entities.

    Returns:
        (windows, entities, heads, pieces).
    """
    mine = entity_of_marker[:, None, :] == torch.arange(entities, device=attention.device).view(
        1, -1, 1
    )
    share = mine.float() / mine.sum(dim=-1, keepdim=True).clamp_min(1)
    return torch.einsum("nem,nhmp->nehp", share, attention)


def context_weights(first: Tensor, second: Tensor, content_mask: Tensor) -> Tensor:
    """Return a pair's localized context attention over the pieces (equation 2, left).

    q = sum over heads of A_first * A_second, without special tokens; a = q / sum(q).

    Args:
        first: (pairs, heads, pieces).
        second: (pairs, heads, pieces).
        content_mask: (pairs, pieces).
    """
    joint = torch.einsum("phl,phl->pl", first, second) * content_mask
    return joint / joint.sum(dim=-1, keepdim=True).clamp_min(1e-30)


def localized_context(weights: Tensor, hidden: Tensor, window: Tensor) -> Tensor:
    """Return c = a H (equation 2, right) for pairs sorted by window: (pairs, width)."""
    present, counts = torch.unique_consecutive(window, return_counts=True)
    parts = weights.split(counts.tolist())
    return torch.cat(
        [part @ hidden[index] for part, index in zip(parts, present.tolist(), strict=True)]
    )


class GroupBilinear(nn.Module):
    """P(r) = sum over groups of z_s^g W_r^g z_o^g + b_r (equation 5)."""

    def __init__(self, width: int, block: int, relations: int) -> None:
        super().__init__()
        if width % block:
            raise ValueError(f"extractor_width {width} is not a multiple of block {block}")
        self.block = block
        self.weight = nn.Parameter(torch.empty(width // block, block * block, relations))
        self.bias = nn.Parameter(torch.zeros(relations))
        # The bound of a linear layer over the whole outer product, as in the paper's code.
        bound = (width * block) ** -0.5
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, head: Tensor, tail: Tensor) -> Tensor:
        """Return logits (pairs, relations) of head and tail vectors (pairs, width)."""
        shape = (len(head), -1, self.block)
        apply: Callable[..., Tensor] = _GroupBilinear.apply
        logits = apply(head.view(shape), tail.view(shape), self.weight)
        return logits + self.bias

    if TYPE_CHECKING:
        __call__ = forward


class _GroupBilinear(torch.autograd.Function):
    """Keeps only the two vectors; the outer product of a group is made again for the gradient."""

    @staticmethod
    def forward(ctx: Any, head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(head, tail, weight)
        logits = head.new_zeros(len(head), weight.shape[2])
        for group in range(weight.shape[0]):
            logits.addmm_(_outer(head, tail, group), weight[group])
        return logits

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (gradient,) = gradients
        head, tail, weight = ctx.saved_tensors
        by_head, by_tail = torch.empty_like(head), torch.empty_like(tail)
        by_weight = torch.empty_like(weight)
        for group in range(weight.shape[0]):
            by_weight[group] = _outer(head, tail, group).T @ gradient
            by_outer = (gradient @ weight[group].T).view(len(head), head.shape[2], tail.shape[2])
            by_head[:, group] = torch.einsum("pab,pb->pa", by_outer, tail[:, group])
            by_tail[:, group] = torch.einsum("pab,pa->pb", by_outer, head[:, group])
        return by_head, by_tail, by_weight


def _outer(head: Tensor, tail: Tensor, group: int) -> Tensor:
    return (head[:, group, :, None] * tail[:, group, None, :]).flatten(1)
