from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.loss import adaptive_thresholding_loss
from tests.unit.extractor.reference import plain_loss


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_the_loss_is_that_of_the_plain_loop(seed: int, share: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(6, 5, generator=generator, dtype=torch.float64) * 4
    labels = torch.rand(6, 5, generator=generator) < share
    labels[:, 0] = False
    assert torch.allclose(adaptive_thresholding_loss(logits, labels), plain_loss(logits, labels))


def test_labels_are_not_written_and_their_first_column_is_ignored() -> None:
    logits = torch.randn(3, 4)
    marked = torch.tensor([[True, True, False, False]] * 3)
    before = marked.clone()
    without = marked.clone()
    without[:, 0] = False
    loss = adaptive_thresholding_loss(logits, marked)
    assert torch.equal(marked, before)
    assert torch.equal(loss, adaptive_thresholding_loss(logits, without))


@pytest.mark.parametrize("gold", [True, False])
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4, 1e30])
def test_extreme_logits_and_one_sided_labels_give_finite_losses_and_gradients(
    scale: float, gold: bool
) -> None:
    torch.manual_seed(0)
    logits = (torch.randn(5, 4) * scale).requires_grad_()
    loss = adaptive_thresholding_loss(logits, torch.full((5, 4), gold))
    loss.backward()
    assert loss.isfinite()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_a_gold_relation_is_pushed_above_the_threshold_and_others_below() -> None:
    logits = torch.zeros(1, 3, requires_grad=True)
    adaptive_thresholding_loss(logits, torch.tensor([[False, True, False]])).backward()
    assert logits.grad is not None
    threshold, gold, other = logits.grad[0].tolist()
    assert gold < 0 < other
    assert gold < threshold < other


def test_perfect_logits_cost_nothing() -> None:
    logits = torch.tensor([[0.0, 60.0, -60.0], [60.0, 0.0, 0.0]])
    labels = torch.tensor([[False, True, False], [False, False, False]])
    assert adaptive_thresholding_loss(logits, labels) < 1e-6
