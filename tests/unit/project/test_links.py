"""Every link of every page leads to a file, every anchor to a title, every step to a function."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.unit.project.compose import ROOT

OUTSIDE = (".venv", ".git", ".factloom", "node_modules")
TEXTS = ("samples/genres/", "samples/corpus/texts/")
"""Texts to read: their links are as people's are."""
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not set(OUTSIDE) & set(path.relative_to(ROOT).parts)
    and (path.name == "README.md" or not any(each in path.as_posix() for each in TEXTS))
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

FILE = re.compile(
    r"(?<![\w/.])(?:config|corpus|extractor|graph|flows|benchmarks|tests|samples|models)"
    r"/[\w/-]+\.(?:py|cypher|json|jsonl|yml|txt)\b"
)
STEP = re.compile(r"^\| (\d+) \| `([^`|]+)` \| ([^|]+) \|", re.MULTILINE)
"""A row of "A document's way": its number, its file, its functions."""


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's titles, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", title).lower() for title in titles]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def document_path() -> list[tuple[str, str, str]]:
    """Return the rows of "A document's way"."""
    return STEP.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))


def defines(module: ast.Module, name: str) -> bool:
    """Tell whether a module has a function or class, or a class of it a method: `Stages.run`."""
    body = module.body
    for part in name.split("."):
        found = [
            each
            for each in body
            if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.name == part
        ]
        if not found:
            return False
        body = found[0].body
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT), target
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), target


def test_the_index_of_the_documents_names_every_page() -> None:
    """A page that no index names is found by nobody; decisions have an index of their own."""
    for folder, index in ((ROOT / "docs", "README.md"), (ROOT / "docs" / "decisions", "README.md")):
        linked = {
            (folder / target.partition("#")[0]).resolve()
            for target in LINK.findall(prose(folder / index))
        }
        pages = {
            page
            for page in folder.rglob("*.md")
            if folder.name == "decisions" or page.parent.name != "decisions"
        }
        assert pages - linked - {folder / index} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_file_of_ours_that_is_named_exists(page: Path) -> None:
    """But for what was written then: decisions, the log, the changelog."""
    then = {"log.md", "CHANGELOG.md"}
    if page.parent.name != "decisions" and page.name not in then:
        named = FILE.findall(page.read_text(encoding="utf-8"))
        assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_document_passes_at_most_30_files_and_none_twice() -> None:
    steps = document_path()
    assert [int(number) for number, _, _ in steps] == list(range(1, len(steps) + 1))
    files = [file for _, file, _ in steps]
    assert 20 < len(set(files)) == len(files) <= 30


@pytest.mark.parametrize("step", document_path(), ids=lambda step: step[1])
def test_a_function_that_a_document_passes_exists(step: tuple[str, str, str]) -> None:
    _, file, functions = step
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = re.findall(r"`([^`]+)`", functions)
    assert names
    assert [name for name in names if not defines(module, name)] == []
