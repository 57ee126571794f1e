"""How large the product is, and how much a stranger meets at its front door.

Lines are those that are not blank, of Python and of what a page is made of; a page's text counts
wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts.report import ROOT, data_folder, write

PRODUCT = ("config", "corpus", "extractor", "flows", "graph")
SOURCES = {".py", ".html", ".css", ".js"}
LINES_BEFORE = 28_615
"""The same count at commit 89843c1, before the house was built anew."""


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that people write."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix in SOURCES)


def lines(root: Path) -> int:
    """Return how many lines of the product are not blank."""
    return sum(
        sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
        for folder in PRODUCT
        for path in sources(root / folder)
    )


def entries(folder: Path) -> int:
    """Return how many files and folders somebody sees who opens a folder."""
    return len([each for each in folder.iterdir() if not each.name.startswith(("__", "."))])


def figures(root: Path = ROOT) -> dict[str, float]:
    """Return what there is."""
    modules = [path for folder in PRODUCT for path in (root / folder).rglob("*.py")]
    contracts = (root / "pyproject.toml").read_text(encoding="utf-8")
    return {
        "product_lines_before": LINES_BEFORE,
        "product_lines": lines(root),
        "modules": len([path for path in modules if path.name != "__init__.py"]),
        **{f"{name}_entries": entries(root / name) for name in ("flows", "graph", "corpus")},
        "contracts": len(re.findall(r"^\[\[tool\.importlinter\.contracts\]\]", contracts, re.M)),
        "readme_lines": len((root / "README.md").read_text(encoding="utf-8").splitlines()),
    }


if __name__ == "__main__":
    data_folder(__doc__)
    write("house", figures(), title="The house")
