"""The command line of a machine that has torch only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from extractor.training import __main__ as command
from extractor.training import probing
from extractor.training.plan import MENTION_RECIPE, RELATION_RECIPE, TrainingPlan
from extractor.training.presets import PRESETS
from extractor.training.trainer import TrainingProgress


def test_arguments_make_a_plan_whose_progress_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plans: list[TrainingPlan] = []

    def train(plan: TrainingPlan, report: object) -> object:
        assert callable(report)
        plans.append(plan)
        report(TrainingProgress(part="relations", step=10, steps=20, loss=0.5))
        return SimpleNamespace(name="small@1f3a09c2")

    monkeypatch.setattr(command, "train", train)
    monkeypatch.setattr(probing, "fastest_precision", lambda device: "bf16")
    given = "--relations a.json --base tiny --output small --epochs 2 --mention-epochs 3 --seed 7"
    monkeypatch.setattr("sys.argv", ["training", *given.split(), "--preset=atlop", "--device=cpu"])
    command.main()

    recipe = replace(RELATION_RECIPE, seed=7, precision="bf16")
    assert plans == [
        TrainingPlan(
            relations=Path("a.json"),
            vocabulary=None,
            mentions=(),
            base=Path("tiny"),
            output=Path("small"),
            preset=PRESETS["atlop"],
            relation_recipe=replace(recipe, epochs=2),
            teacher_recipe=recipe,
            mention_recipe=replace(MENTION_RECIPE, epochs=3, precision="bf16"),
        )
    ]
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["relations step 10/20 loss 0.5000", "saved small@1f3a09c2 to small"]
