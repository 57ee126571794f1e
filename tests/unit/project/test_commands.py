"""Every command has help, somebody who uses it, and a place in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
import typer
from typer.cli import get_docs_for_click
from typer.core import MARKUP_MODE_KEY

from flows.cli.app import ANALYSTS, BEGIN, ENGINEERS, MODELS, app
from tests.unit.project.compose import ROOT

GROUP = typer.main.get_command(app)
COMMANDS: dict[str, click.Command] = GROUP.commands  # type: ignore[attr-defined]
REFERENCE = ROOT / "docs" / "reference" / "commands.md"
PROSE = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def commands_of(
    group: dict[str, click.Command], name: str = "factloom"
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, and those of its own commands."""
    for own, command in group.items():
        yield f"{name} {own}", command
        yield from commands_of(getattr(command, "commands", {}), f"{name} {own}")


ALL = dict(commands_of(COMMANDS))


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


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_shows_a_command_under_those_who_use_it(name: str) -> None:
    panels = {BEGIN, ANALYSTS, ENGINEERS, MODELS}
    assert getattr(COMMANDS[name], "rich_help_panel") in panels  # noqa: B009


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_option_and_argument_says_what_it_does(name: str) -> None:
    assert ALL[name].help
    unsaid = [each.name for each in ALL[name].params if not getattr(each, "help", None)]
    assert unsaid == []


def test_the_page_of_commands_is_fresh() -> None:
    context = typer.Context(GROUP, obj={MARKUP_MODE_KEY: app.rich_markup_mode})
    page = get_docs_for_click(obj=GROUP, ctx=context, name="factloom", title="Commands")
    assert REFERENCE.read_text(encoding="utf-8") == f"{page.strip()}\n", "run `make reference`"


def test_make_renders_the_page_of_commands() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^reference: .*## Render docs/reference/commands\.md", makefile, re.MULTILINE)


def test_every_command_and_option_that_a_page_names_exists() -> None:
    """In blocks of code and between backticks; an option must be one of the command before it."""
    wrong = []
    for page in PROSE:
        for line in _written_commands(page.read_text(encoding="utf-8")):
            words = line.split("#")[0].split()
            name = f"factloom {words[1]}" if len(words) > 1 else ""
            if not re.fullmatch(r"factloom [a-z][a-z-]+", name):
                continue
            longer = f"{name} {words[2]}" if len(words) > 2 else ""
            command = ALL.get(longer) or ALL.get(name)
            known = {option for each in command.params for option in each.opts} if command else ()
            given = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
            wrong += [f"{page.name}: {line}"] if not command or given - {*known, "--help"} else []
    assert wrong == []


def _written_commands(text: str) -> Iterator[str]:
    joined = text.replace("\\\n", " ")
    for line in re.findall(r"^(?:\$ )?(?:\.venv/bin/)?(factloom .+)$", joined, re.MULTILINE):
        yield from (part.strip() for part in re.split(r"&&|\|", line) if "factloom" in part)
    yield from re.findall(r"`(factloom [^`\n]+)`", joined)
