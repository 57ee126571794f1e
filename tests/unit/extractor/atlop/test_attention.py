from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extractor.encoder.attention import attend

WINDOWS, HEADS, PIECES, WIDTH = 2, 3, 7, 8
FUSED = F.scaled_dot_product_attention


def parts(dtype: torch.dtype = torch.float32, *, trained: bool = False) -> list[Tensor]:
    torch.manual_seed(1)
    drawn = torch.randn(3, WINDOWS, HEADS, PIECES, WIDTH).to(dtype)
    return [each.clone().requires_grad_(trained) for each in drawn]


def padding(real: int = 4) -> Tensor:
    """Return a boolean mask that hides the end of the second window."""
    mask = torch.ones(WINDOWS, 1, 1, PIECES, dtype=torch.bool)
    mask[1, ..., real:] = False
    return mask.expand(-1, 1, PIECES, -1)


def plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Return the textbook's attention, in double precision."""
    query, key, value = query.double(), key.double(), value.double()
    products = query @ key.transpose(-1, -2) / WIDTH**0.5
    if mask is not None:
        hidden = mask if mask.dtype != torch.bool else torch.where(mask, 0.0, float("-inf"))
        products = products + hidden
    mixed: Tensor = products.softmax(dim=-1) @ value
    return mixed.transpose(1, 2)


def masks() -> dict[str, Tensor | None]:
    torch.manual_seed(2)
    return {"none": None, "boolean": padding(), "added": torch.randn(1, HEADS, PIECES, PIECES)}


@pytest.mark.parametrize("kind", ["none", "boolean", "added"])
@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 3e-2), (torch.float16, 5e-3)]
)
def test_every_path_is_the_textbooks_attention(
    kind: str, trained: bool, dtype: torch.dtype, tolerance: float
) -> None:
    mask = masks()[kind]
    query, key, value = parts(dtype, trained=trained)
    mixed, maps = attend(nn.Identity(), query, key, value, mask)
    assert maps is None
    assert mixed.dtype == dtype
    assert mixed.is_contiguous()
    expected = plain(query, key, value, mask)
    assert (mixed - expected).abs().max() <= tolerance
    if trained:
        weights = torch.linspace(-1, 1, expected.numel()).reshape(expected.shape)
        got = torch.autograd.grad((mixed.double() * weights).sum(), [query, key, value])
        right = torch.autograd.grad((expected * weights).sum(), [query, key, value])
        for one, other in zip(got, right, strict=True):
            assert (one - other).abs().max() <= tolerance


def test_scaling_is_respected_on_both_paths() -> None:
    for trained in (False, True):
        query, key, value = parts(torch.bfloat16, trained=trained)
        mixed, _ = attend(nn.Identity(), query, key, value, None, scaling=0.0)
        assert (mixed - value.mean(dim=2)[:, None]).abs().max() <= 1e-2


@pytest.mark.parametrize(
    ("dtype", "trained_mask", "fused"),
    [
        (torch.float32, False, True),
        (torch.float32, True, False),
        (torch.bfloat16, False, False),
        (torch.float16, False, False),
    ],
)
def test_fused_attention_runs_where_its_backward_pass_is_not_slow(
    dtype: torch.dtype, trained_mask: bool, fused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(query: Tensor, key: Tensor, value: Tensor, **options: Any) -> Tensor:
        calls.append(options)
        return FUSED(query, key, value, **options)

    monkeypatch.setattr(F, "scaled_dot_product_attention", counted)
    mask = torch.zeros(1, HEADS, PIECES, PIECES).requires_grad_(trained_mask)
    query, key, value = parts(dtype, trained=True)
    attend(nn.Identity(), query, key, value, mask)
    assert len(calls) == fused
    calls.clear()
    attend(nn.Identity(), query.detach(), key.detach(), value.detach(), mask)
    assert len(calls) == 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("trained", [False, True])
def test_a_window_of_nothing_but_padding_gives_no_nan(dtype: torch.dtype, trained: bool) -> None:
    query, key, value = parts(dtype, trained=trained)
    mixed, _ = attend(nn.Identity(), query, key, value, padding(0))
    assert mixed.isfinite().all()
    if trained:
        gradients = torch.autograd.grad(mixed.float().sum(), [query, key, value])
        assert all(each.isfinite().all() for each in gradients)


def test_large_products_give_no_nan() -> None:
    query, key, value = parts(torch.bfloat16, trained=True)
    mixed, _ = attend(nn.Identity(), query * 1e4, key * 1e4, value, padding())
    assert mixed.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_dropout_drops_that_share_of_the_weights(dtype: torch.dtype) -> None:
    torch.manual_seed(5)
    query = key = torch.zeros(8, 4, 50, 8, dtype=dtype).requires_grad_()
    value = torch.ones(8, 4, 50, 8, dtype=dtype)
    kept, _ = attend(nn.Identity(), query, key, value, None, dropout=0.0)
    dropped = attend(nn.Identity(), query, key, value, None, dropout=0.2)[0].detach()
    assert (kept - 1).abs().max() <= 1e-2
    assert dropped.float().mean() == pytest.approx(1.0, abs=0.02)
    # A sum of 50 weights, each 0 or 1 / (50 * 0.8): deviation sqrt(0.2 / 0.8 / 50).
    assert dropped[..., 0].float().std() == pytest.approx(0.0707, rel=0.1)
