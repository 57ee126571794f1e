"""Every link of every page leads to a file, and every anchor to a title."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.project.compose import ROOT

OUTSIDE = (".venv", ".git", ".factloom", "node_modules")
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not set(OUTSIDE) & set(path.relative_to(ROOT).parts)
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

FILE = re.compile(
    r"(?<![\w/.])(?:config|corpus|extractor|graph|flows|benchmarks|tests|samples|models)"
    r"/[\w/-]+\.(?:py|cypher|json|jsonl|yml|txt)\b"
)


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's titles, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", title).lower() for title in titles]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


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
    then = {"log.md", "CHANGELOG.md", "CONTRIBUTING.md", "architecture.md"}
    if page.parent.name != "decisions" and page.name not in then:
        named = FILE.findall(page.read_text(encoding="utf-8"))
        assert [name for name in named if not (ROOT / name).exists()] == []
