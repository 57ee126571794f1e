"""`factloom models`: who serves, why, and who may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractor.digests import seal
from extractor.manifest import FORMAT
from flows.cli.app import app
from flows.components import close_components, components
from tests.unit.flows.retrain.test_gate import challenge

RUNNER = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture(autouse=True)
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shipped checkpoint, one that passed the gate, one that did not, one that never saw it."""
    folder = tmp_path / "registry"
    for place in (tmp_path / "first", *(folder / name for name in ("good", "poor", "alien"))):
        place.mkdir(parents=True)
        (place / "config.json").write_text(json.dumps({"format": FORMAT}))
        (place / "model.safetensors").write_bytes(b"weights")
        (place / "training_record.json").write_text('{"relation_titles": ["a", "b"]}')
        seal(place)
    scores = {"relations": {"f1": {"f1": 0.61234}}}
    (folder / "good" / "scores.json").write_text(json.dumps(scores))
    rules = tuple(replace(rule, passed=True) for rule in challenge().rules)
    challenge(rules=rules, outcome="not approved by Ada").save(folder / "good")
    challenge().save(folder / "poor")
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(tmp_path / "first"))
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__REGISTRY", str(folder))
    close_components()
    yield folder
    close_components()


def told(*arguments: str, code: int = 0) -> str:
    result = RUNNER.invoke(app, ["models", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def serves() -> str:
    return components().models.champion().name


def test_the_list_says_who_serves_and_what_the_gate_said() -> None:
    lines = {
        words[0] if words[0] != "champion" else words[1]: words
        for words in (line.split() for line in told("list").splitlines())
        if words
    }
    assert lines["first"][0] == "champion"
    assert lines["good"][3:5] == ["0.6123", "pass"]
    assert lines["poor"][3:9] == ["-", "fail", "refused", "by", "the", "gate"]
    assert lines["alien"][3:] == ["-", "-"]


def test_show_gives_the_record_and_the_report() -> None:
    shown = told("show", "poor")
    assert shown.startswith("poor@")
    assert "2 documents trained relations" in shown
    assert "refused by the gate" in shown
    assert "difference -0.1000" in shown
    assert "which serves" in told("show", "first")
    assert "It challenged nobody" in told("show", "alien")
    assert "choose one of first, alien, good, poor" in told("show", "absent", code=1)


@pytest.mark.parametrize(
    ("name", "why"), [("poor", "was refused by the gate"), ("alien", "has passed no gate")]
)
def test_what_the_gate_did_not_let_through_serves_by_force_alone(name: str, why: str) -> None:
    assert f"{name} {why}: see factloom models show {name}" in told("promote", name, code=1)
    assert serves() == "first"
    assert f"{name} {why}." in told("promote", name, "--force")
    assert serves() == name


def test_promoting_and_demoting_tell_who_serves() -> None:
    assert "good serves, before it was first." in told("promote", "good")
    assert "first serves, before it was good." in told("promote", "first")
    assert "good serves, before it was first." in told("demote")
    assert "first serves, before it was good." in told("demote")
    assert "no champion came before first" in told("demote", code=1)
