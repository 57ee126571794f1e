"""`factloom train`: what the options ask for, and what is shown in the end."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import pytest
from rich.console import Console
from typer.testing import CliRunner

from extractor.training import probing
from extractor.training.plan import RELATION_RECIPE, TrainingPlan, recipes
from extractor.training.presets import PRESETS
from flows.cli import labelled_data, models, training
from flows.cli.app import app

SCORE = {"precision": 0.5, "recall": 0.25, "f1": 0.3333}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[TrainingPlan]:
    """Return the plans that are asked for, instead of training them."""
    seen: list[TrainingPlan] = []
    monkeypatch.setattr(probing, "fastest_precision", lambda device: "fp32")
    monkeypatch.setattr(labelled_data, "refuse_unusable", lambda *_, **__: None)
    monkeypatch.setattr(
        training, "train_checkpoint", lambda console, plan, plots: seen.append(plan)
    )
    return seen


def train(folder: Path, *arguments: str) -> None:
    given = ["--data", "a.csv", "--output", str(folder / "mine"), "--mentions", "m.json"]
    result = CliRunner().invoke(app, ["train", *given, *arguments])
    assert result.exit_code == 0, result.output


def test_every_option_reaches_the_plan(plans: list[TrainingPlan], tmp_path: Path) -> None:
    train(
        tmp_path,
        *("--vocabulary", "cdr", "--documents", "d.jsonl", "--entities", "e.csv"),
        *("--preset", "bert", "--encoder", "folder", "--epochs", "3", "--batch-size", "8"),
        *("--accumulation", "2", "--learning-rate", "5e-5", "--head-learning-rate", "1e-4"),
        *("--precision", "bf16", "--seed", "7", "--patience", "4"),
        *("--unlabelled", "u.json", "--teachers", "3", "--mentions", "n.json"),
    )
    (plan,) = plans
    assert plan.preset == PRESETS["bert"]
    assert (plan.documents, plan.entities) == (Path("d.jsonl"), Path("e.csv"))
    assert (plan.encoder, plan.base) == ("folder", None)
    recipe = plan.relation_recipe
    assert (recipe.epochs, recipe.batch_size, recipe.accumulation) == (3, 8, 2)
    assert (recipe.learning_rate, recipe.head_learning_rate) == (5e-5, 1e-4)
    assert (recipe.precision, recipe.seed, recipe.patience) == ("bf16", 7, 4)
    assert (plan.unlabelled, plan.teachers, plan.teacher_recipe) == (Path("u.json"), 3, recipe)
    assert plan.vocabulary == Path("cdr")
    assert plan.mentions == (Path("m.json"), Path("n.json"))
    assert not plan.continued


def test_without_options_the_recipe_is_ours(plans: list[TrainingPlan], tmp_path: Path) -> None:
    train(tmp_path, "--vocabulary", "own.json")
    assert plans[0].relation_recipe == RELATION_RECIPE
    assert plans[0].preset == PRESETS["factloom"]
    assert plans[0].vocabulary == Path("own.json")


def test_what_is_not_trained_comes_from_the_champion(
    plans: list[TrainingPlan], tmp_path: Path
) -> None:
    train(tmp_path)
    assert plans[0].vocabulary is None
    assert plans[0].base is not None


def test_a_training_goes_on_from_the_champion_with_few_passes(
    plans: list[TrainingPlan], tmp_path: Path
) -> None:
    train(tmp_path, "--from-champion", "--vocabulary", "own.json")
    (plan,) = plans
    assert plan.continued
    assert plan.base is not None
    assert (plan.relation_recipe, plan.mention_recipe) == recipes(continued=True)


def test_every_preset_can_be_chosen() -> None:
    hint = get_type_hints(models.train)["preset"]
    assert set(get_args(hint)) == PRESETS.keys()


def test_in_the_end_scores_and_places_are_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scores: dict[str, Any] = {
        "relations": None,
        "mentions": {"span": SCORE, "typed": SCORE},
        "epochs": [{"epoch": 1, "loss": 2.0, "dev": 0.1}, {"epoch": 2, "loss": 1.0, "dev": 0.2}],
    }

    def trained(plan: TrainingPlan, report: object) -> object:
        plan.output.mkdir()
        (plan.output / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
        return SimpleNamespace(name="mine@0123abcd")

    monkeypatch.setattr(training, "train", trained)
    console = Console(record=True, width=200)
    plan = TrainingPlan(
        relations=Path("a.json"), vocabulary=None, mentions=(), output=tmp_path / "mine"
    )
    training.train_checkpoint(console, plan, tmp_path / "plots")
    shown = console.export_text()
    assert "mine@0123abcd" in shown
    assert "mentions, span and type" in shown
    assert "0.3333" in shown
    for place in (plan.output / "scores.json", tmp_path / "plots" / "learning-curve.png"):
        assert str(place) in shown
        assert place.is_file()
