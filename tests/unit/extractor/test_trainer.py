from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from extractor.trainer import Progress, Recipe, batches, fit, parameter_groups

RECIPE = Recipe(epochs=13, batch_size=2, learning_rate=1e-2)
LENGTHS = [5, 9, 3, 7, 8, 2, 6, 4, 1, 11, 12, 10, 13, 14, 15, 16, 17]
STEPS = 13 * 9


class Interrupted(Exception):
    pass


def small_model() -> nn.Sequential:
    torch.manual_seed(2)
    return nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.Linear(8, 1))


def loss_for(model: nn.Module) -> Callable[[Sequence[int]], Tensor]:
    inputs = torch.randn(len(LENGTHS), 4, generator=torch.Generator().manual_seed(3))
    target = inputs.sum(dim=1, keepdim=True)

    def loss_of(batch: Sequence[int]) -> Tensor:
        chosen = list(batch)
        return nn.functional.mse_loss(model(inputs[chosen]), target[chosen])

    return loss_of


def trained(
    state: Path, *, recipe: Recipe = RECIPE, stop_after: int | None = None
) -> tuple[nn.Module, list[Progress]]:
    model, seen = small_model(), []
    loss_of, calls = loss_for(model), 0

    def counted(batch: Sequence[int]) -> Tensor:
        nonlocal calls
        if stop_after is not None and calls == stop_after:
            raise Interrupted
        calls += 1
        return loss_of(batch)

    seen = list[Progress]()
    fit(model, LENGTHS, counted, recipe=recipe, part="test", state=state, report=seen.append)
    return model, seen


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_training_lowers_the_loss_and_tells_how_far_it_is(tmp_path: Path) -> None:
    _, seen = trained(tmp_path)
    assert [progress.step for progress in seen] == [*range(10, STEPS, 10), STEPS]
    assert all(progress.steps == STEPS and progress.part == "test" for progress in seen)
    assert seen[-1].loss < seen[0].loss / 2


@pytest.mark.parametrize("stop_after", [7, 104, STEPS - 1])
def test_a_killed_run_that_goes_on_gives_the_weights_of_an_unbroken_one(
    tmp_path: Path, stop_after: int
) -> None:
    unbroken, _ = trained(tmp_path / "unbroken")
    with pytest.raises(Interrupted):
        trained(tmp_path / "broken", stop_after=stop_after)
    resumed, seen = trained(tmp_path / "broken")
    assert torch.equal(weights(unbroken), weights(resumed))
    first = 110 if stop_after > 100 else 10
    assert seen[0].step == first


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    done, _ = trained(tmp_path)
    again, seen = trained(tmp_path, stop_after=0)
    assert torch.equal(weights(done), weights(again))
    assert seen == []


def test_the_state_of_another_recipe_is_not_taken_for_its_own(tmp_path: Path) -> None:
    other = replace(RECIPE, learning_rate=1e-3)
    fresh, _ = trained(tmp_path / "fresh", recipe=other)
    trained(tmp_path / "used")
    reused, _ = trained(tmp_path / "used", recipe=other)
    assert torch.equal(weights(fresh), weights(reused))


def test_a_state_that_was_not_written_to_its_end_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        trained(tmp_path, stop_after=104)
    half = tmp_path / "step-110"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    resumed, _ = trained(tmp_path)
    unbroken, _ = trained(tmp_path.with_name("unbroken"))
    assert torch.equal(weights(unbroken), weights(resumed))
    assert [path.name for path in tmp_path.glob("step-*")] == [f"step-{STEPS}"]


def test_every_epoch_uses_every_sample_once() -> None:
    steps = list(batches(LENGTHS, RECIPE))
    assert len(steps) == STEPS
    for epoch in range(RECIPE.epochs):
        part = [sample for step in steps[epoch * 9 : epoch * 9 + 9] for sample in step]
        assert sorted(part) == list(range(len(LENGTHS)))
    assert Counter(map(len, steps)) == {2: 13 * 8, 1: 13}


def test_the_seed_alone_decides_the_batches() -> None:
    assert list(batches(LENGTHS, RECIPE)) == list(batches(LENGTHS, RECIPE))
    assert list(batches(LENGTHS, RECIPE)) != list(batches(LENGTHS, replace(RECIPE, seed=1)))


def test_biases_and_norms_do_not_decay_and_frozen_weights_do_not_train() -> None:
    model = nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 4), nn.LayerNorm(4))
    model[0].requires_grad_(False)
    decaying, others = parameter_groups(model, 0.1)
    assert [parameter.shape for parameter in decaying["params"]] == [(4, 4)]
    assert len(others["params"]) == 3
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.1, 0.0)
