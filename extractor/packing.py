"""Tensors as a checkpoint stores them: matrices as int8 with one scale a row, the rest as it is."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def pack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors as they are stored: matrices as int8 with a scale for each row."""
    packed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        value = tensor.detach().cpu()
        if value.is_floating_point() and value.dim() > 1:
            scale = value.abs().amax(dim=-1, keepdim=True).float().clamp_min(1e-12) / 127
            packed[name] = (value / scale).round().to(torch.int8)
            packed[f"{name}.scale"] = scale
        else:
            packed[name] = value.contiguous()
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return stored tensors as they are used; the inverse of `pack`."""
    return {
        name: value.float() * packed[f"{name}.scale"] if value.dtype == torch.int8 else value
        for name, value in packed.items()
        if not name.endswith(".scale")
    }


def packed_shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of what `pack` makes of tensors, which need no values for it."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, tensor in tensors.items():
        shapes[name] = tuple(tensor.shape)
        if tensor.is_floating_point() and tensor.dim() > 1:
            shapes[f"{name}.scale"] = (*tensor.shape[:-1], 1)
    return shapes
