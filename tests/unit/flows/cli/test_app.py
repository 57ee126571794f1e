"""The command line: help for everything, and one line for every error."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.local import run as local_run
from flows.cli.views.terminal import choose, heed_ctrl_c
from graph.model.records import FoundEntity

COMMANDS = (
    "demo",
    "load",
    "ingest",
    "query",
    "explain",
    "relations",
    "train",
    "evaluate",
    "retrain",
    "up",
    "down",
    "doctor",
)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_the_help_lists_every_command() -> None:
    listed = run("--help").output
    assert [name for name in COMMANDS if name not in listed] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_relations_are_listed_as_they_may_be_written() -> None:
    """Each of the champion's, with its id, name, and type in the graph."""
    listed = CliRunner().invoke(app, ["relations"], env={"COLUMNS": "160"})

    assert listed.exit_code == 0, listed.output
    assert ["P19", "place", "of", "birth", "PLACE_OF_BIRTH"] in [
        line.split() for line in listed.output.splitlines()
    ]
    rows = [line for line in listed.output.splitlines() if line.startswith("P")]
    assert len(rows) == 96  # a long name may take a second line


def test_an_error_is_one_line_that_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__PORTT", "1")
    _forget()
    result = run("up")
    assert result.exit_code == 1
    assert "FACTLOOM_GRAPH__PORTT is no setting (did you mean FACTLOOM_GRAPH__PORT?)" in (
        result.output
    )
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["ingest", "replay", "backfill", "reconcile"])
def test_what_is_no_source_is_told_before_anything_is_started(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_run, "flow_ready", None)  # starts Prefect's API, loads the model
    notes = tmp_path / "notes.odt"
    notes.write_text("text", encoding="utf-8")
    path = [str(notes)] if command == "ingest" else ["--path", str(notes)]

    result = run(command, *path, "--name", "mine")

    assert result.exit_code == 1
    assert f"{notes}: unknown kind of file, give a folder or .json" in result.stderr


def test_debug_shows_where_an_error_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTLOOM_GRAPH__PORTT", "1")
    _forget()
    assert type(run("--debug", "up").exception).__name__ == "SettingsRejected"


def test_without_a_terminal_an_ambiguous_name_lists_the_choices(
    capsys: pytest.CaptureFixture[str],
) -> None:
    entities = [
        FoundEntity(
            id=f"wikidata:Q{number}",
            name="Paris",
            type="LOC",
            linked=True,
            link_confidence=0.9,
            description="",
            aliases=(),
            documents=number,
        )
        for number in (90, 830149)
    ]
    with pytest.raises(typer.Exit) as stopped:
        choose("Paris", entities)
    assert stopped.value.exit_code == 2
    assert "wikidata:Q830149" in capsys.readouterr().err


def _forget() -> None:
    from flows.components import close_components

    close_components()


def test_a_command_that_was_started_with_ctrl_c_ignored_heeds_it() -> None:
    found = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        heed_ctrl_c()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        own = signal.signal(signal.SIGINT, lambda number, frame: None)
        assert own is signal.default_int_handler
        mine = signal.getsignal(signal.SIGINT)
        heed_ctrl_c()
        assert signal.getsignal(signal.SIGINT) is mine, "only what is ignored"
    finally:
        signal.signal(signal.SIGINT, found)
