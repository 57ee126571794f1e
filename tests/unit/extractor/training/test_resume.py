"""A training that was killed goes on as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from extractor.training.recipe import Recipe
from extractor.training.trainer import fit
from tests.unit.extractor.small import (
    EPOCH,
    LENGTHS,
    RECIPE,
    STEPS,
    Interrupted,
    Small,
    Training,
    train,
    weights,
)

pytestmark = pytest.mark.slow

DevScore = Callable[[nn.Module], float]


def nearness(model: nn.Module) -> float:
    """Score a model higher the nearer its weights are to a random point: it rises and falls."""
    return -float((weights(model) - 0.1).square().mean())


def assert_goes_on(unbroken: Training, resumed: Training) -> None:
    """Compare a whole training with the rest of one: batches, losses, epochs, weights."""
    rest = len(resumed.batches)
    assert 0 < rest < len(unbroken.batches)
    assert resumed.batches == unbroken.batches[-rest:]
    assert resumed.losses == pytest.approx(unbroken.losses[-rest:], abs=1e-6)
    assert [p.step for p in resumed.seen] == [p.step for p in unbroken.seen[-len(resumed.seen) :]]
    assert resumed.seen[-1].loss == pytest.approx(unbroken.seen[-1].loss, abs=1e-6)
    assert resumed.epochs == unbroken.epochs
    assert torch.equal(resumed.weights, unbroken.weights)


RECIPES = {
    "plain": RECIPE,
    "average": replace(RECIPE, average=0.9),
    "in parts": replace(RECIPE, accumulation=2),
    "bf16": replace(RECIPE, precision="bf16"),
}


@pytest.fixture(scope="module")
def unbroken_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Training]:
    return {
        name: train(tmp_path_factory.mktemp("unbroken"), recipe=recipe)
        for name, recipe in RECIPES.items()
    }


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("plain", EPOCH),  # right after the end of an epoch
        ("plain", EPOCH + 7),
        ("plain", 104),  # after the state of step 100
        ("plain", STEPS - 1),
        ("average", EPOCH),
        ("average", 104),
        ("in parts", EPOCH + 7),
        ("bf16", 104),
    ],
)
def test_a_run_killed_in_a_step_goes_on_as_the_unbroken_one(
    tmp_path: Path, unbroken_runs: dict[str, Training], name: str, steps: int
) -> None:
    recipe, unbroken = RECIPES[name], unbroken_runs[name]
    parts = 2 * 8 + 1 if name == "in parts" else EPOCH
    batches = steps // EPOCH * parts + steps % EPOCH
    with pytest.raises(Interrupted):
        train(tmp_path, recipe=recipe, batches=batches)
    resumed = train(tmp_path, recipe=recipe)
    assert_goes_on(unbroken, resumed)
    if steps > 100 and name != "in parts":
        assert len(resumed.batches) <= STEPS - 100


@pytest.mark.parametrize("step", [20, 10 * EPOCH])
def test_a_run_killed_in_a_report_goes_on_as_the_unbroken_one(
    tmp_path: Path, unbroken_runs: dict[str, Training], step: int
) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path, report_until=step)
    assert_goes_on(unbroken_runs["plain"], train(tmp_path))


@pytest.mark.parametrize("average", [0.0, 0.9])
@pytest.mark.parametrize("epochs", [1, 3])
def test_dev_scores_and_the_best_epoch_survive_a_kill(
    tmp_path: Path, average: float, epochs: int
) -> None:
    recipe = replace(RECIPE, average=average, patience=4)
    unbroken = train(tmp_path / "unbroken", recipe=recipe, dev=nearness)
    scores = [epoch.dev for epoch in unbroken.epochs]
    assert scores == unbroken.dev
    for number in range(2):  # a run may be killed twice
        with pytest.raises(Interrupted):
            train(
                tmp_path / "broken",
                recipe=recipe,
                dev=nearness,
                batches=epochs * EPOCH + 4 - number * EPOCH * epochs,
            )
    resumed = train(tmp_path / "broken", recipe=recipe, dev=nearness)
    assert_goes_on(unbroken, resumed)
    assert resumed.dev == scores[epochs:]


def test_a_run_killed_while_it_is_scored_scores_that_epoch_again(tmp_path: Path) -> None:
    unbroken = train(tmp_path / "unbroken", dev=nearness)
    calls = 0

    def killed(model: nn.Module) -> float:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Interrupted
        return nearness(model)

    with pytest.raises(Interrupted):
        train(tmp_path / "broken", dev=killed)
    resumed = train(tmp_path / "broken", dev=nearness)
    assert_goes_on(unbroken, resumed)
    assert resumed.dev == unbroken.dev[2:]


@pytest.mark.parametrize("dev", [None, nearness])
def test_a_finished_run_is_not_trained_again(tmp_path: Path, dev: DevScore | None) -> None:
    recipe = replace(RECIPE, patience=2, average=0.5)
    done = train(tmp_path, recipe=recipe, dev=dev)
    again = train(tmp_path, recipe=recipe, dev=dev)
    assert torch.equal(done.weights, again.weights)
    assert done.epochs == again.epochs
    assert len(again.batches) == len(again.seen) == len(again.dev) == 0


def test_the_state_of_another_recipe_is_not_taken_for_its_own(tmp_path: Path) -> None:
    other = replace(RECIPE, learning_rate=1e-3)
    fresh = train(tmp_path / "fresh", recipe=other)
    with pytest.raises(Interrupted):
        train(tmp_path / "used", batches=2 * EPOCH)
    reused = train(tmp_path / "used", recipe=other)
    assert reused.batches == fresh.batches
    assert torch.equal(reused.weights, fresh.weights)


class Wider(Small):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(8, 2)


@pytest.mark.parametrize(
    ("lengths", "model"),
    [([*LENGTHS[1:], 5], Small()), (LENGTHS, Wider())],
)
def test_the_state_of_other_samples_or_shapes_is_not_taken(
    tmp_path: Path, lengths: list[int], model: nn.Module
) -> None:
    recipe = Recipe(epochs=1, batch_size=2)
    train(tmp_path, recipe=recipe)
    asked = 0

    def loss_of(batch: object) -> torch.Tensor:
        nonlocal asked
        asked += 1
        loss: torch.Tensor = model(torch.ones(4)).square().sum()
        return loss

    fit(
        model,
        lengths,
        loss_of,
        recipe=recipe,
        part="test",
        state=tmp_path,
        report=lambda progress: None,
    )
    assert asked == EPOCH


def test_a_state_that_was_not_written_to_its_end_is_not_used(
    tmp_path: Path, unbroken_runs: dict[str, Training]
) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path, batches=104)
    half = tmp_path / "step-110"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    assert_goes_on(unbroken_runs["plain"], train(tmp_path))
    left = [path.name for path in tmp_path.glob("step-*")]
    assert left == [f"step-{STEPS}"]


def test_resuming_runs_no_code_of_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path, recipe=replace(RECIPE, average=0.9), batches=50)
    loads: list[bool] = []
    load = torch.load

    def watched(*given: Any, **options: Any) -> Any:
        loads.append(options.get("weights_only") is True)
        return load(*given, **options)

    monkeypatch.setattr(torch, "load", watched)
    train(tmp_path, recipe=replace(RECIPE, average=0.9))
    assert len(loads) >= 2  # of the optimizer and the random numbers
    assert all(loads)


def test_the_state_can_be_read_by_a_person(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        train(tmp_path, batches=20, dev=nearness)
    saved = json.loads((tmp_path / "latest.json").read_text())
    assert saved["course"]["step"] == 2 * EPOCH
    assert [epoch["epoch"] for epoch in saved["course"]["epochs"]] == [1, 2]
