from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from extractor.atlop import classifier
from extractor.atlop.classifier import GroupBilinear, _GroupBilinear

WIDTH, BLOCK, RELATIONS = 8, 4, 5


def ours(head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    apply: Callable[..., Tensor] = _GroupBilinear.apply
    return apply(head, tail, weight)


def plain(head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    outer = torch.einsum("pga,pgb->pgab", head, tail).flatten(2)
    return torch.einsum("pgo,gor->pr", outer, weight)


def vectors(pairs: int) -> tuple[Tensor, Tensor]:
    torch.manual_seed(pairs)
    return torch.randn(pairs, WIDTH), torch.randn(pairs, WIDTH)


def layer(block: int = BLOCK) -> GroupBilinear:
    torch.manual_seed(0)
    made = GroupBilinear(WIDTH, block, RELATIONS)
    torch.nn.init.normal_(made.bias)
    return made


@pytest.mark.parametrize("chunk", [1, 2, 256])
def test_logits_and_gradients_are_those_of_the_plain_formula(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "PAIR_CHUNK", chunk)
    torch.manual_seed(1)
    head, tail = (torch.randn(3, 2, 4, dtype=torch.float64, requires_grad=True) for _ in range(2))
    weight = torch.randn(2, 16, 5, dtype=torch.float64, requires_grad=True)
    given = (head, tail, weight)
    assert torch.allclose(ours(*given).double(), plain(*given), atol=1e-5)  # sums are fp32
    upstream = torch.randn(3, 5)
    found = torch.autograd.grad(ours(*given), given, upstream)
    expected = torch.autograd.grad(plain(*given), given, upstream.double())
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_the_gradient_is_that_of_finite_differences() -> None:
    torch.manual_seed(3)
    head, tail = (torch.randn(2, 2, 2, dtype=torch.float64, requires_grad=True) for _ in range(2))
    weight = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)
    # Bilinear in each argument: a central difference of any step is exact but for rounding.
    assert torch.autograd.gradcheck(ours, (head, tail, weight), eps=0.5, atol=1e-3, rtol=1e-3)


def test_each_group_multiplies_its_own_stretch_of_both_vectors() -> None:
    made = layer()
    head, tail = vectors(2)
    weight = made.weight.unflatten(1, (BLOCK, BLOCK))
    for pair in range(2):
        for relation in range(RELATIONS):
            expected: Tensor = made.bias[relation]
            for group, start in enumerate(range(0, WIDTH, BLOCK)):
                one, other = (each[pair, start : start + BLOCK] for each in (head, tail))
                expected = expected + one @ weight[group, :, :, relation] @ other
            assert made(head, tail)[pair, relation].item() == pytest.approx(
                expected.item(), abs=1e-5
            )


def test_one_group_is_the_plain_bilinear_layer() -> None:
    made = layer(block=WIDTH)
    bilinear = torch.nn.Bilinear(WIDTH, WIDTH, RELATIONS)
    with torch.no_grad():
        bilinear.weight.copy_(made.weight.view(WIDTH, WIDTH, RELATIONS).permute(2, 0, 1))
        bilinear.bias.copy_(made.bias)
    head, tail = vectors(7)
    assert torch.allclose(made(head, tail), bilinear(head, tail), atol=1e-6)


@torch.no_grad()
def test_over_the_threshold_is_the_product_minus_its_column() -> None:
    made = layer()
    head, tail = vectors(6)
    logits = made(head, tail)
    margins = made.over_threshold(head, tail)
    assert torch.allclose(margins, logits - logits[:, :1], atol=1e-6)
    assert margins[:, 0].abs().max() == 0


@torch.no_grad()
def test_margins_near_zero_keep_their_digits_in_reduced_precision() -> None:
    made = layer(block=WIDTH)
    made.weight.add_(8 * torch.randn(1, WIDTH * WIDTH, 1))  # large logits, small differences
    head, tail = (each.bfloat16().float() for each in vectors(50))
    exact = made.over_threshold(head, tail)
    with torch.autocast("cpu", torch.bfloat16):
        margins, logits = made.over_threshold(head, tail), made(head, tail)
    assert margins.dtype == logits.dtype == torch.float32
    error = (margins - exact).abs().mean()
    assert error < 0.1 * (logits - logits[:, :1] - exact).abs().mean()
    assert error < 0.02 * exact.abs().mean()


def test_a_width_that_blocks_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="not a multiple of block 7"):
        GroupBilinear(32, 7, 5)
