"""Every command has help and a place in the documentation."""

from __future__ import annotations

import re

import pytest
import typer
from click import Command

from flows.commands.cli import app
from tests.unit.project.compose import ROOT

COMMANDS: dict[str, Command] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_the_promised_commands_exist() -> None:
    promised = (
        "demo load ingest query explain train evaluate retrain up down doctor setup reconcile "
        "forget replay confirm reject find view export"
    )
    assert set(promised.split()) <= COMMANDS.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_in_the_readme(name: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\bfactloom {name}\b", readme)
