"""The group bilinear classifier (ATLOP, 2021) without its 49,152-wide outer product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from extractor.relations import THRESHOLD_COLUMN

PAIR_CHUNK = 256
"""Pairs whose outer product of one group is held at a time."""


class GroupBilinear(nn.Module):
    """P(r) = sum over groups of z_s^g W_r^g z_o^g + b_r, before the sigmoid.

    One group as wide as the vectors is the plain bilinear layer, z_s W_r z_o + b_r.
    """

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
        """Return logits (pairs, relations) in fp32 of head and tail vectors (pairs, width)."""
        return self._product(head, tail, self.weight) + self.bias

    def over_threshold(self, head: Tensor, tail: Tensor) -> Tensor:
        """Return logits minus the logit of TH, (pairs, relations), for inference.

        The difference is taken of the weights, before multiplying: so in reduced precision a
        margin near 0 is rounded relative to itself, not relative to two large logits. And the
        column of TH need not be multiplied: 96 columns suit a processor better than 97.
        """
        above = slice(THRESHOLD_COLUMN + 1, None)
        weight = self.weight[..., above] - self.weight[..., THRESHOLD_COLUMN, None]
        bias = self.bias[above] - self.bias[THRESHOLD_COLUMN]
        return pad(self._product(head, tail, weight) + bias, (1, 0))

    def _product(self, head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
        shape = (len(head), -1, self.block)
        if torch.is_autocast_enabled(head.device.type):
            reduced = torch.get_autocast_dtype(head.device.type)
            head, tail, weight = head.to(reduced), tail.to(reduced), weight.to(reduced)
        apply: Callable[..., Tensor] = _GroupBilinear.apply
        return apply(head.reshape(shape), tail.reshape(shape), weight)

    if TYPE_CHECKING:
        __call__ = forward


class _GroupBilinear(torch.autograd.Function):
    """Keeps only the two vectors; the outer product of a group is made again for the gradient."""

    @staticmethod
    def forward(ctx: Any, head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(head, tail, weight)
        logits = torch.zeros(len(head), weight.shape[2], dtype=torch.float32, device=head.device)
        for chunk in _chunks(len(head)):
            for group in range(weight.shape[0]):
                logits[chunk] += _outer(head[chunk, group], tail[chunk, group]) @ weight[group]
        return logits

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        head, tail, weight = ctx.saved_tensors
        gradient = gradients[0].to(head.dtype)
        by_head, by_tail = torch.empty_like(head), torch.empty_like(tail)
        by_weight = torch.zeros_like(weight, dtype=torch.float32)
        for chunk in _chunks(len(head)):
            for group in range(weight.shape[0]):
                one, other = head[chunk, group], tail[chunk, group]
                by_weight[group] += _outer(one, other).T @ gradient[chunk]
                by_outer = (gradient[chunk] @ weight[group].T).view(-1, *by_head.shape[2:] * 2)
                by_head[chunk, group] = torch.bmm(by_outer, other[:, :, None]).squeeze(2)
                by_tail[chunk, group] = torch.bmm(one[:, None, :], by_outer).squeeze(1)
        return by_head, by_tail, by_weight.to(weight.dtype)


def _outer(head: Tensor, tail: Tensor) -> Tensor:
    return (head[:, :, None] * tail[:, None, :]).flatten(1)


def _chunks(pairs: int) -> Iterator[slice]:
    for start in range(0, pairs, PAIR_CHUNK):
        yield slice(start, start + PAIR_CHUNK)
