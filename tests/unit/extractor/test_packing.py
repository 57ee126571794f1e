"""Weights as a checkpoint stores them."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from extractor.packing import pack, packed_shapes, unpack


@given(
    st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 9), st.sampled_from([1e-9, 1.0, 1e6])
)
def test_a_packed_weight_is_off_by_at_most_half_a_step(
    seed: int, rows: int, columns: int, size: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(rows, columns, generator=generator) * size
    matrix[0] = 0.0
    back = unpack(pack({"weight": matrix}))["weight"]
    step = matrix.abs().amax(dim=1, keepdim=True) / 127
    assert ((matrix - back).abs() <= step * 0.5001).all()
    assert torch.equal(back[0], torch.zeros(columns))


def test_vectors_and_counts_are_stored_as_they_are() -> None:
    tensors = {"bias": torch.randn(5), "ids": torch.arange(6).view(2, 3)}
    back = unpack(pack(tensors))
    assert all(torch.equal(back[name], value) for name, value in tensors.items())


def test_the_shapes_are_told_without_values() -> None:
    tensors = {"matrix": torch.ones(3, 2, 4), "bias": torch.randn(5), "count": torch.arange(6)}
    told = packed_shapes({name: value.to("meta") for name, value in tensors.items()})
    assert told == {name: tuple(value.shape) for name, value in pack(tensors).items()}
