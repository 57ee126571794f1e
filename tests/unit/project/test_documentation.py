"""What the documents for operators name is there: files, tests, commands, settings, privileges."""

from __future__ import annotations

import json
import re

import pytest
import typer

from config.settings import Settings
from config.variables import settings_by_variable
from flows.commands.cli import app
from tests.unit.project.compose import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
VARIABLES = {name for name, _ in settings_by_variable(Settings)}


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text(page)):
        path, _, anchor = target.partition("#")
        assert (DOCS / path).exists(), target
        if anchor and path.endswith(".md"):
            titles = re.findall(r"^#+ (.+)$", (DOCS / path).read_text("utf-8"), re.MULTILINE)
            assert anchor in {
                re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in titles
            }


@pytest.mark.parametrize("page", ["operations.md", "security.md"])
def test_a_command_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"\bfactloom ([a-z][a-z-]+)", text(page)))
    assert named
    assert named <= COMMANDS


@pytest.mark.parametrize("page", ["operations.md", "security.md"])
def test_a_variable_that_is_named_is_a_setting(page: str) -> None:
    named = {
        name.removesuffix("_FILE") for name in re.findall(r"\bFACTLOOM_[A-Z_]*[A-Z]\b", text(page))
    }
    assert named - {"FACTLOOM"} <= VARIABLES


def test_a_test_that_holds_a_threat_off_exists() -> None:
    named = re.findall(r"`((?:unit|integration|e2e)/[\w/.]+)`", text("security.md"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / "tests" / name).exists()] == []


def test_the_key_that_is_shown_has_the_privileges_that_reading_needs() -> None:
    body = json.loads(text("elasticsearch-key.json"))
    roles = body["role_descriptors"]
    assert all(role["cluster"] == [] for role in roles.values())
    [documents], [entities] = (roles[name]["indices"] for name in ("documents", "entities"))
    [row] = [line for line in text("sources.md").splitlines() if line.startswith("| `numbers`")]
    assert set(documents["privileges"]) == set(re.findall(r"`(\w+)`", row)) - {"numbers"}
    assert "write" not in documents["privileges"]
    assert any(
        Settings.model_fields["entities"].default.index == name for name in entities["names"]
    )
