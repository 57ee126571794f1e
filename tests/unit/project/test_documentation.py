"""What the documents name is there, and what is there is named: settings, tests, privileges."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from config.settings import Settings
from config.variables import settings_by_variable
from tests.unit.project.compose import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
VARIABLES = {name for name, _ in settings_by_variable(Settings)}
OTHERS = {"FACTLOOM", "FACTLOOM_TEST"}
"""Prefixes that a text names as such."""


REPLACED = {
    r"ids of before": "previous ids",
    r"merged ids?": "redirect",
    r"discre(?:et|tion)\b(?!\.)": "redaction",
    r"hand-?over": "exchange",
}
"""Words that are not used, and what stands in the glossary instead."""
RECORDS = ("decisions", "log.md", "commands.md")
"""What was written then, and what the code says, stays as it is."""


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_variable_that_is_named_is_a_setting(page: Path) -> None:
    named = {
        name.removesuffix("_FILE")
        for name in re.findall(r"\bFACTLOOM_[A-Z_]*[A-Z]\b(?!\*|_)", page.read_text("utf-8"))
    }
    sections = {name.rpartition("__")[0] for name in VARIABLES}
    assert named - OTHERS - sections <= VARIABLES


def test_a_test_that_holds_a_threat_off_exists() -> None:
    named = re.findall(r"`((?:unit|integration|e2e)/[\w/.]+)`", text("explanation/security.md"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / "tests" / name).exists()] == []


def test_the_key_that_is_shown_has_the_privileges_that_reading_needs() -> None:
    body = json.loads(text("reference/elasticsearch-key.json"))
    roles = body["role_descriptors"]
    assert all(role["cluster"] == [] for role in roles.values())
    [documents], [entities] = (roles[name]["indices"] for name in ("documents", "entities"))
    sources = text("reference/sources.md").splitlines()
    [row] = [line for line in sources if line.startswith("| `numbers`")]
    assert set(documents["privileges"]) == set(re.findall(r"`(\w+)`", row)) - {"numbers"}
    assert "write" not in documents["privileges"]
    assert any(
        Settings.model_fields["entities"].default.index == name for name in entities["names"]
    )


def test_the_index_of_decisions_says_of_each_what_it_says_of_itself() -> None:
    rows = re.findall(
        r"^\| \[(\d+)\]\((\S+)\) \| (.+) \| \d{4}-\d\d-\d\d \| (.+) \|$",
        text("decisions/README.md"),
        re.MULTILINE,
    )
    files = sorted((DOCS / "decisions").glob("0*.md"))
    assert [name for _, name, _, _ in rows] == [path.name for path in files]
    for (number, _, title, status), path in zip(rows, files, strict=True):
        words = path.read_text(encoding="utf-8")
        assert words.startswith(f"# {number}. {title}\n")
        said = re.search(r"^\*{0,2}(Replaced|Changed) by\*{0,2} \[(\d+)\]", words, re.MULTILINE)
        expected = f"{said[1].lower()} by [{int(said[2])}]" if said else "in force"
        assert status.startswith(expected), path.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_one_word_stands_for_one_thing(page: Path) -> None:
    words = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    if not {page.name, page.parent.name} & set(RECORDS):
        found = {word for word in REPLACED if re.search(rf"\b{word}", words, re.IGNORECASE)}
        assert {word: REPLACED[word] for word in found} == {}


def test_the_glossary_explains_a_word_once() -> None:
    rows = re.findall(r"^\| (.+?) \| ", text("reference/glossary.md"), re.MULTILINE)
    words = [word for row in rows for word in row.split(", ")]
    assert len(words) == len(set(words)) > 50


def test_the_readme_can_be_read_in_two_minutes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 180
    assert "$ make demo " in readme
    assert "$ make test " in readme
