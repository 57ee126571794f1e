from __future__ import annotations

import math
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from extractor.atlop.loss import (
    ATGL_ALPHA,
    LOSSES,
    SOFT_LOSSES,
    Loss,
    evidence_loss,
    relation_loss,
)
from tests.unit.extractor.reference import plain_loss

KINDS: tuple[Loss, ...] = get_args(Loss)
each_loss = pytest.mark.parametrize("kind", KINDS)


def test_every_loss_that_can_be_asked_for_is_there() -> None:
    assert set(LOSSES) == set(KINDS)


@each_loss
@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_a_loss_is_that_of_the_plain_loop(kind: Loss, seed: int, share: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(6, 5, generator=generator, dtype=torch.float64) * 4
    labels = torch.rand(6, 5, generator=generator) < share
    labels[:, 0] = False
    assert torch.allclose(relation_loss(logits, labels, kind), plain_loss(logits, labels, kind))


@each_loss
def test_labels_are_not_written_and_their_first_column_is_ignored(kind: Loss) -> None:
    logits = torch.randn(3, 4)
    marked = torch.tensor([[True, True, False, False]] * 3)
    before = marked.clone()
    without = marked.clone()
    without[:, 0] = False
    loss = relation_loss(logits, marked, kind)
    assert torch.equal(marked, before)
    assert torch.equal(loss, relation_loss(logits, without, kind))


@each_loss
@pytest.mark.parametrize("gold", [True, False])
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4])
def test_large_logits_and_one_sided_labels_give_finite_losses_and_gradients(
    kind: Loss, scale: float, gold: bool
) -> None:
    signs = torch.tensor([[1.0, 1, -1, 1], [-1, 1, 1, -1], [1, -1, -1, -1], [-1, -1, 1, 1]])
    logits = (signs * scale).requires_grad_()
    loss = relation_loss(logits, torch.full((4, 4), gold), kind)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.isfinite()
    assert gradient.isfinite().all()


@each_loss
def test_a_gold_relation_is_pushed_above_the_threshold_and_others_below(kind: Loss) -> None:
    logits = torch.zeros(1, 3, requires_grad=True)
    loss = relation_loss(logits, torch.tensor([[False, True, False]]), kind)
    threshold, gold, other = torch.autograd.grad(loss, logits)[0][0].tolist()
    assert gold < 0 < other
    assert gold < threshold
    assert other > threshold or kind == "atgl"  # there TH, once gold, is a class like any other


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "atgl"])
def test_perfect_logits_cost_nothing(kind: Loss) -> None:
    logits = torch.tensor([[0.0, 60.0, -60.0], [60.0, 0.0, 0.0]])
    labels = torch.tensor([[False, True, False], [False, False, False]])
    assert relation_loss(logits, labels, kind) < 1e-6


def best_margin(kind: Loss, probability: float, others: float = -40.0) -> float:
    """Return the margin that minimises the expected loss of one relation; no other can hold."""
    margins = torch.arange(-6.0, 6.0, 1e-3, dtype=torch.float64)
    logits = torch.zeros(len(margins), 3, dtype=torch.float64)
    logits[:, 1], logits[:, 2] = margins, others
    gold = torch.zeros(len(margins), 3, dtype=torch.bool)
    gold[:, 1] = True
    loss = LOSSES[kind]
    expected: Tensor = probability * loss(logits, gold) + (1 - probability) * loss(
        logits, ~gold & False
    )
    return float(margins[expected.argmin()])


@pytest.mark.parametrize("kind", ["atl", "sat", "bce"])
@pytest.mark.parametrize("probability", [0.05, 0.3, 0.5, 0.8, 0.95])
def test_a_margin_of_atl_sat_and_bce_is_the_log_odds(kind: Loss, probability: float) -> None:
    log_odds = math.log(probability / (1 - probability))
    assert best_margin(kind, probability) == pytest.approx(log_odds, abs=2e-3)


def test_afl_asserts_from_a_probability_of_about_a_third() -> None:
    assert best_margin("afl", 0.5) == pytest.approx(0.51, abs=0.01)
    assert best_margin("afl", 0.8) == pytest.approx(1.65, abs=0.01)
    assert best_margin("afl", 0.34) < 0 < best_margin("afl", 0.36)


@pytest.mark.parametrize("probability", [0.05, 1 / ATGL_ALPHA, 0.2, 0.7, 1.0])
def test_a_margin_of_atgl_is_the_log_of_alpha_times_the_probability(probability: float) -> None:
    found = best_margin("atgl", probability)
    assert found == pytest.approx(math.log(ATGL_ALPHA * probability), abs=2e-3)


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.8])
def test_a_margin_of_hinge_abl_is_the_log_odds_only_where_all_others_rest(
    probability: float,
) -> None:
    log_odds = math.log(probability / (1 - probability))
    assert best_margin("hinge_abl", probability) == pytest.approx(log_odds, abs=2e-3)
    assert best_margin("hinge_abl", probability, others=-3.0) > log_odds + 0.1


@pytest.mark.parametrize("kind", SOFT_LOSSES)
def test_chances_of_a_teacher_weigh_the_two_sides(kind: Loss) -> None:
    torch.manual_seed(0)
    logits, chances = torch.randn(1, 4), torch.zeros(1, 4)
    chances[0, 1] = 0.3
    gold = chances > 0
    mixed = 0.3 * relation_loss(logits, gold, kind) + 0.7 * relation_loss(
        logits, torch.zeros_like(gold), kind
    )
    assert torch.allclose(relation_loss(logits, chances, kind), mixed)


def test_the_evidence_loss_is_the_divergence_of_shares_from_the_marked_sentences() -> None:
    shares = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    evidence = torch.tensor([[True, False, True], [False, True, False]])
    first = 0.5 * math.log(0.5 / 0.5) + 0.5 * math.log(0.5 / 0.2)
    second = math.log(1 / 0.2)
    assert evidence_loss(shares, evidence).item() == pytest.approx((first + second) / 2)


def test_the_evidence_loss_is_zero_where_shares_and_evidence_agree() -> None:
    evidence = torch.tensor([[True, True, False], [False, True, False]])
    agreed = torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    assert evidence_loss(agreed, evidence).item() == pytest.approx(0.0, abs=1e-6)
    assert evidence_loss(torch.full((2, 3), 1 / 3), evidence) > 0.1


def test_the_evidence_loss_is_finite_for_shares_of_zero() -> None:
    shares = torch.tensor([[1.0, 0.0]], requires_grad=True)
    loss = evidence_loss(shares, torch.tensor([[False, True]]))
    (gradient,) = torch.autograd.grad(loss, shares)
    assert loss.isfinite()
    assert gradient.isfinite().all()
