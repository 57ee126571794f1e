from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path
from types import MethodType

import pytest
import torch
from torch import Tensor, nn

from extractor.training.recipe import Recipe
from extractor.training.trainer import Epoch, best_epoch, fit, parameter_groups
from tests.unit.extractor.small import (
    EPOCH,
    LENGTHS,
    RECIPE,
    STEPS,
    Small,
    samples,
    train,
    weights,
)

pytestmark = pytest.mark.slow


def test_training_lowers_the_loss_and_tells_how_far_it_is(tmp_path: Path) -> None:
    run = train(tmp_path)
    assert [progress.step for progress in run.seen] == [*range(10, STEPS, 10), STEPS]
    assert all(progress.steps == STEPS and progress.part == "test" for progress in run.seen)
    assert run.seen[-1].loss < run.seen[0].loss / 2
    assert [epoch.epoch for epoch in run.epochs] == list(range(1, 14))
    assert run.epochs[1].loss == pytest.approx(sum(run.losses[EPOCH : 2 * EPOCH]) / EPOCH)
    assert not run.model.training


def rates(tmp_path: Path, recipe: Recipe) -> list[float]:
    """Return how far one constant gradient moves a weight in each step: the learning rate."""
    model = Small(dropout=0.0)
    places: list[float] = []

    def loss_of(batch: Sequence[int]) -> Tensor:
        places.append(model.head.bias.item())
        return model.head.bias.sum()

    fit(
        model,
        LENGTHS,
        loss_of,
        recipe=recipe,
        part="test",
        state=tmp_path,
        report=lambda progress: None,
    )
    places.append(model.head.bias.item())
    return [before - after for before, after in pairwise(places)]


def test_the_learning_rate_rises_in_the_warm_up_and_falls_to_zero(tmp_path: Path) -> None:
    # Adam moves a weight by the learning rate when its gradient is always the same.
    recipe = replace(RECIPE, warm_up=0.1, learning_rate=1e-3, head_learning_rate=1e-2)
    moved = rates(tmp_path, recipe)
    warm = int(STEPS * 0.1)
    expected = [
        1e-2 * (step / warm if step < warm else (STEPS - step) / (STEPS - warm))
        for step in range(STEPS)
    ]
    assert moved == pytest.approx(expected, abs=1e-6)
    assert moved[0] == 0.0
    assert max(moved) == pytest.approx(moved[warm]) == pytest.approx(1e-2, rel=1e-4)


def test_without_a_warm_up_the_first_step_is_the_largest(tmp_path: Path) -> None:
    moved = rates(tmp_path, replace(RECIPE, epochs=1, warm_up=0.0))
    assert moved == pytest.approx([1e-2 * (1 - step / EPOCH) for step in range(EPOCH)], abs=1e-6)


class Parts(nn.Module):
    """An encoder and a head, each with a matrix and vectors, and something frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 5), nn.LayerNorm(5))
        self.encoder[0].requires_grad_(False)
        self.head = nn.Linear(5, 3)


def test_each_weight_has_its_learning_rate_and_decay() -> None:
    model = Parts()
    recipe = Recipe(learning_rate=1e-5, head_learning_rate=1e-4, weight_decay=0.1)
    found = {
        id(parameter): (group["lr"], group["weight_decay"])
        for group in parameter_groups(model, recipe)
        for parameter in group["params"]
    }
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert {names[key]: value for key, value in found.items()} == {
        "encoder.1.weight": (1e-5, 0.1),
        "encoder.1.bias": (1e-5, 0.0),
        "encoder.2.weight": (1e-5, 0.0),
        "encoder.2.bias": (1e-5, 0.0),
        "head.weight": (1e-4, 0.1),
        "head.bias": (1e-4, 0.0),
    }


def test_without_a_rate_of_its_own_the_head_has_the_encoders() -> None:
    groups = parameter_groups(Parts(), Recipe(learning_rate=3e-5))
    assert {group["lr"] for group in groups} == {3e-5}


def test_a_gradient_is_clipped_to_the_recipes_norm(tmp_path: Path) -> None:
    model, norms = Small(), list[float]()

    def loss_of(batch: Sequence[int]) -> Tensor:
        loss: Tensor = 1e6 * model(torch.ones(len(batch), 4)).sum()
        return loss

    step = torch.optim.AdamW.step

    def watched(optimizer: torch.optim.AdamW, closure: None = None) -> None:
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norms.append(torch.cat([gradient.flatten() for gradient in gradients]).norm().item())
        step(optimizer, closure)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", watched)
        recipe = replace(RECIPE, epochs=1, max_gradient_norm=0.25)
        fit(
            model, LENGTHS, loss_of, recipe=recipe, part="test", state=tmp_path,
            report=lambda progress: None,
        )  # fmt: skip
    assert norms == pytest.approx([0.25] * EPOCH, rel=1e-4)


def trained_in_parts(state: Path, accumulation: int, *, known: bool = True) -> Tensor:
    """Train with two losses over unequal numbers of terms; 17 samples: the last step is smaller."""
    model = Small(dropout=0.0)
    inputs, target = samples()
    terms = [(1 + 7 * n % 5, n % 3) for n in range(len(LENGTHS))]

    def loss_of(batch: Sequence[int]) -> Tensor:
        # Each loss is a mean over terms, as many of a sample as it has.
        kinds = [torch.tensor([n for n in batch for _ in range(terms[n][kind])]) for kind in (0, 1)]
        found = [
            nn.functional.mse_loss(model(inputs[rows]), target[rows] * sign)
            if len(rows)
            else torch.zeros(())
            for rows, sign in zip(kinds, (1, -1), strict=True)
        ]
        return torch.stack(found)

    recipe = Recipe(epochs=2, batch_size=8, learning_rate=1e-2, accumulation=accumulation)
    fit(
        model,
        LENGTHS,
        loss_of,
        recipe=recipe,
        part="test",
        state=state,
        report=lambda progress: None,
        terms=terms if known else None,
    )
    return weights(model)


@pytest.mark.parametrize("accumulation", [2, 3, 4, 8])
def test_a_step_in_parts_moves_the_weights_as_in_one(tmp_path: Path, accumulation: int) -> None:
    whole = trained_in_parts(tmp_path / "whole", 1)
    parts = trained_in_parts(tmp_path / "parts", accumulation)
    assert (whole - weights(Small())).abs().max() > 1e-2
    assert parts.tolist() == pytest.approx(whole.tolist(), abs=1e-5)


def test_parts_that_all_count_the_same_would_move_them_elsewhere(tmp_path: Path) -> None:
    whole = trained_in_parts(tmp_path / "whole", 1)
    wrong = trained_in_parts(tmp_path / "parts", 4, known=False)
    assert (whole - wrong).abs().max() > 1e-3


def test_the_weights_of_the_best_epoch_come_back(tmp_path: Path) -> None:
    kept: list[Tensor] = []
    scores = iter([0.1, 0.7, 0.4, 0.7, *[0.2] * 9])

    def dev(model: nn.Module) -> float:
        assert not model.training
        kept.append(weights(model).clone())
        return next(scores)

    run = train(tmp_path, dev=dev)
    assert [epoch.dev for epoch in run.epochs] == run.dev
    assert len(kept) == 13
    assert torch.equal(run.weights, kept[1])  # of equals, the first
    assert not torch.equal(run.weights, kept[-1])


def test_training_goes_on_in_training_mode_after_a_dev_score(tmp_path: Path) -> None:
    scored, plain = train(tmp_path / "a", dev=lambda model: 0.0), train(tmp_path / "b")
    assert scored.losses == plain.losses  # the same dropout


@pytest.mark.parametrize(
    ("scores", "patience", "epochs"),
    [([0.1, 0.2, 0.2, 0.1, 0.3], 2, 4), ([0.5, 0.4, 0.6, 0.1, 0.1], 2, 5), ([0.0, 0.0], 1, 2)],
)
def test_patience_ends_training(
    tmp_path: Path, scores: list[float], patience: int, epochs: int
) -> None:
    given = iter(scores)
    run = train(tmp_path, recipe=replace(RECIPE, patience=patience), dev=lambda _: next(given))
    assert run.dev == scores[:epochs]
    assert len(run.batches) == epochs * EPOCH


def test_the_best_epoch_is_the_first_with_the_best_score() -> None:
    epochs = [Epoch(epoch=n, loss=1.0, dev=dev) for n, dev in enumerate((-3.0, -1.0, -1.0, -2.0))]
    assert best_epoch(epochs) == epochs[1]
    assert best_epoch([Epoch(epoch=1, loss=1.0)]) is None


def test_the_averaged_weights_are_scored_and_kept(tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=2, average=0.9)
    plain = train(tmp_path / "plain", recipe=replace(recipe, average=0.0))
    averaged = train(tmp_path / "averaged", recipe=recipe)
    assert averaged.losses == plain.losses
    assert not torch.equal(averaged.weights, plain.weights)

    scored: list[Tensor] = []

    def dev(model: nn.Module) -> float:
        scored.append(weights(model).clone())
        return float(len(scored))

    best = train(tmp_path / "best", recipe=recipe, dev=dev)
    assert best.losses == plain.losses  # training went on from its own weights
    assert torch.equal(best.weights, scored[-1])
    assert torch.equal(best.weights, averaged.weights)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_training_and_says_where(
    tmp_path: Path, value: float
) -> None:
    model, calls = Small(), count(1)

    def loss_of(batch: Sequence[int]) -> Tensor:
        spoilt = value if next(calls) == 12 else 1.0
        loss: Tensor = model(torch.ones(len(batch), 4)).square().mean() * spoilt
        return loss

    with pytest.raises(FloatingPointError, match=rf"relations: the loss of step 12 is {value}"):
        fit(
            model, LENGTHS, loss_of, recipe=RECIPE, part="relations", state=tmp_path,
            report=lambda progress: None,
        )  # fmt: skip
    assert [path.name for path in tmp_path.glob("step-*")] == [f"step-{EPOCH}"]  # still sound


def test_mixed_precision_trains_and_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    train(tmp_path / "before", recipe=replace(RECIPE, epochs=1))  # in fp32, in this very process
    kinds: list[torch.dtype] = []

    class Watched(Small):
        def forward(self, inputs: Tensor) -> Tensor:
            kinds.append(self.encoder(inputs).dtype)
            return super().forward(inputs)

    model = Watched()
    run = train(tmp_path / "bf16", recipe=replace(RECIPE, precision="bf16"), model=model)
    assert set(kinds) == {torch.bfloat16}
    assert run.seen[-1].loss < run.seen[0].loss / 2
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    forward = model.forward
    assert isinstance(forward, MethodType)
    assert forward.__func__ is Watched.forward
    with torch.inference_mode():
        assert model(torch.ones(1, 4)).dtype == torch.float32
    assert kinds[-1] == torch.float32
