"""The retrain flow: a challenger learns, meets the champion, and serves if it may."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from extractor.checkpoint import TrainingRecord
from extractor.datasets.splits import in_held_out_fifth
from extractor.errors import DatasetRejected
from flows.components import close_components, components
from flows.errors import FolderTaken
from flows.params import RetrainParams
from flows.retrain.challenge import Challenge
from flows.retrain.data import TEXTS, TRAINING, Gathered, save_gathered
from flows.retrain.flow import retrain
from flows.run.own_folders import claimed
from flows.run.progress import Progress, listener
from tests.checkpoints import write_tiny_checkpoint
from tests.e2e.people import TITLES, write_encoder, write_shuffled, write_true
from tests.e2e.running import artifact

pytestmark = pytest.mark.e2e

HELD_OUT = [title for title in TITLES if in_held_out_fifth(title)]


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local_profile: None) -> Path:
    """The champion, which is right about nothing, beside a registry of its own."""
    folder = write_tiny_checkpoint(tmp_path / "shipped" / "tiny")
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(folder))
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__REGISTRY", str(tmp_path / "registry"))
    close_components()
    return folder


@pytest.fixture
def params(tmp_path: Path, champion: Path) -> Iterator[RetrainParams]:
    """What trains a challenger that learns the labels, in seconds."""
    torch.manual_seed(0)
    yield RetrainParams(
        data=(write_true(tmp_path / "labelled.json"),),
        corrections=False,
        encoder=str(write_encoder(tmp_path / "encoder")),
        epochs=30,
        name="challenger",
    )
    shutil.rmtree(begun(), ignore_errors=True)  # the home is the session's


def begun() -> Path:
    return components().settings.home / TRAINING


def registry() -> Path:
    return components().models.folder


def serves() -> str:
    return components().models.champion().name


def record_of(name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((registry() / name / "training_record.json").read_text())
    return record


def test_a_better_challenger_is_promoted_and_a_sabotaged_one_is_refused(
    tmp_path: Path, params: RetrainParams
) -> None:
    challenge = retrain(params)
    assert [rule.name for rule in challenge.rules if not rule.passed] == []
    assert challenge.difference.difference > 0.3
    assert (challenge.outcome, serves()) == ("promoted", "challenger")
    assert challenge.documents == len(HELD_OUT)
    assert Challenge.load(registry() / "challenger") == challenge
    assert list(begun().iterdir()) == []

    spoilt = write_shuffled(tmp_path / "spoilt.json")
    sabotaged = retrain(params.model_copy(update={"data": (spoilt,), "name": "sabotaged"}))
    assert sabotaged.champion.name == challenge.challenger.name
    assert "F1" in [rule.name for rule in sabotaged.rules if not rule.passed]
    assert (sabotaged.outcome, serves()) == ("refused by the gate", "challenger")
    assert Challenge.load(registry() / "sabotaged") == sabotaged
    shown = artifact("retrain-report")
    assert "sabotaged" in shown
    assert "| F1 | **fail** | difference -0." in shown


def test_held_out_titles_are_never_in_the_record(params: RetrainParams) -> None:
    retrain(params.model_copy(update={"epochs": 1, "corrections": True}))  # there are none
    record = record_of("challenger")
    for use in ("relation_titles", "dev_titles", "unlabelled_titles"):
        assert not set(record[use]) & set(HELD_OUT)
    assert len(record["relation_titles"]) + len(record["dev_titles"]) == len(TITLES) - len(HELD_OUT)


class Killed(BaseException):
    """Stands for a process that ends at once."""


def test_a_retraining_that_was_killed_goes_on(params: RetrainParams) -> None:
    assert interrupted(params, at=500) == [*range(10, 501, 10)]
    assert not (registry() / "challenger").exists()
    assert not list(begun().rglob("*.jsonl"))  # no text waits for it
    with pytest.raises(DatasetRejected, match="begun with other data"):
        retrain(params.model_copy(update={"confident_from": 0.9}))
    steps, challenge = listened(params)
    assert 400 < steps[0] <= 510  # the state is saved every 100 steps, and after an epoch
    assert challenge.outcome == "promoted"


@pytest.mark.long
def test_a_retraining_that_was_killed_after_training_is_not_trained_again(
    params: RetrainParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("flows.retrain.flow.compare_checkpoints", killed)
        with pytest.raises(Killed):
            retrain(params)
    written = (registry() / "challenger" / "model.safetensors").stat().st_mtime_ns
    steps, challenge = listened(params)
    assert (steps, challenge.outcome) == ([], "promoted")
    assert (registry() / "challenger" / "model.safetensors").stat().st_mtime_ns == written
    with pytest.raises(DatasetRejected, match="has had its challenge"):
        retrain(params)


def test_data_that_could_not_be_judged_is_refused_before_training(
    tmp_path: Path, params: RetrainParams, champion: Path
) -> None:
    write_tiny_checkpoint(champion, record=TrainingRecord(relation_titles=tuple(HELD_OUT)))
    with pytest.raises(DatasetRejected, match="was trained on"):
        retrain(params)
    seen = write_true(tmp_path / "seen.json", [each for each in TITLES if each not in HELD_OUT])
    with pytest.raises(DatasetRejected, match="none is to compare on"):
        retrain(params.model_copy(update={"data": (seen,)}))
    with pytest.raises(DatasetRejected, match=r"there is no file .*absent.json"):
        retrain(params.model_copy(update={"data": (tmp_path / "absent.json",)}))
    assert not registry().exists()
    assert list(begun().iterdir()) == []


def test_texts_of_a_run_go_when_it_ends_and_those_of_a_killed_one_with_the_next(
    tmp_path: Path, params: RetrainParams
) -> None:
    kept = write_folder(begun() / "challenger")
    left, lives = write_folder(begun() / "killed"), write_folder(begun() / "lives")
    notes = begun() / "notes" / "mine.txt"
    notes.parent.mkdir()
    notes.write_text("mine")
    absent = params.model_copy(update={"data": (tmp_path / "absent.json",)})
    with claimed(lives.parent), pytest.raises(DatasetRejected, match="there is no file"):
        retrain(absent.model_copy(update={"name": "other"}))
    assert not left.exists()
    assert (lives.exists(), kept.exists(), notes.read_text()) == (True, False, "mine")
    with claimed(lives.parent), pytest.raises(FolderTaken, match="another process works in"):
        retrain(params.model_copy(update={"name": "lives"}))
    assert lives.exists()


def write_folder(challenger: Path) -> Path:
    """Write the texts of a challenger that was begun, and return their folder."""
    save_gathered(Gathered(documents=(), set_aside=(), counts={}, left_out={}), challenger, {})
    return challenger / TEXTS


def interrupted(params: RetrainParams, *, at: int) -> list[int]:
    """Return the steps that a training reported until it was killed."""
    steps: list[int] = []

    def stop(progress: Progress) -> None:
        steps.append(progress.done)
        if progress.done >= at:
            raise Killed

    token = listener.set(stop)
    try:
        with pytest.raises(Killed):
            retrain(params)
    finally:
        listener.reset(token)
    return steps


def listened(params: RetrainParams) -> tuple[list[int], Challenge]:
    """Return the steps that a training reported, and its challenge."""
    steps: list[int] = []
    token = listener.set(lambda progress: steps.append(progress.done))
    try:
        return steps, retrain(params)
    finally:
        listener.reset(token)
