"""What a retraining finds under its name, and whether it goes on with it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from extractor.errors import CheckpointRejected
from flows.params import RetrainParams
from flows.retrain.data import TEXTS
from flows.retrain.flow import STATE, challenged, train_challenger


def go_on(output: Path) -> None:
    train_challenger.fn(RetrainParams(), output / "no champion", output.with_name("mine"), output)


def write_trained(output: Path, file: str = "documents.jsonl") -> None:
    output.mkdir()
    record = {"relation_files": {file: "hash of what was gathered then"}}
    (output / "training_record.json").write_text(json.dumps(record))
    (output / "README.md").write_text("# mine")


def test_a_finished_challenger_is_not_trained_again_whatever_is_gathered_now(
    tmp_path: Path,
) -> None:
    write_trained(tmp_path / "challenger")
    go_on(tmp_path / "challenger")


@pytest.mark.parametrize("case", ["another checkpoint", "unfinished", "a folder", "a file"])
def test_what_cannot_go_on_names_the_challenger_and_asks_for_another_name(
    tmp_path: Path, case: str
) -> None:
    output = tmp_path / "challenger"
    match case:
        case "another checkpoint":
            write_trained(output, "train.json")
        case "unfinished":
            write_trained(output)
            (output / "README.md").unlink()
        case "a folder":
            (output / "notes").mkdir(parents=True)
        case _:
            output.write_text("mine")
    with pytest.raises(CheckpointRejected, match=r"challenger holds .* choose another --name"):
        go_on(output)


def test_a_challenger_with_a_state_is_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_trained(tmp_path / "challenger")
    (tmp_path / "mine" / STATE).mkdir(parents=True)
    trained: list[Path] = []
    monkeypatch.setattr(
        "flows.retrain.flow.train", lambda plan, report: trained.append(plan.output)
    )
    go_on(tmp_path / "challenger")
    assert trained == [tmp_path / "challenger"]


def test_a_report_is_kept_before_the_texts_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, challenger = tmp_path / "training" / "challenger", tmp_path / "challenger"
    there: list[tuple[Path, bool]] = []
    report = SimpleNamespace(save=lambda to: there.append((to, (folder / TEXTS).exists())))
    parts = SimpleNamespace(
        models=SimpleNamespace(champion=lambda: tmp_path), settings=SimpleNamespace(home=tmp_path)
    )
    monkeypatch.setattr("flows.retrain.flow.components", lambda: parts)
    monkeypatch.setattr(
        "flows.retrain.flow.gather_documents", lambda *_: (folder / TEXTS).mkdir(parents=True)
    )
    monkeypatch.setattr("flows.retrain.flow.train_challenger", lambda *_: None)
    monkeypatch.setattr("flows.retrain.flow.compare", lambda *_: report)
    challenged(RetrainParams(), folder, challenger)
    assert there == [(challenger, True)]  # a kill in between would lose what hours have told
    assert not folder.exists()
