"""One word per concept: what the code is not to say, and names that mean one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("config", "corpus", "extractor")
SEVERAL = {
    "main": "each command line has its own",
    "shipped_weights": "of clustering, and of linking",
}
"""Public names that modules may share -> why."""
UNWANTED = {
    "told": "what it is: answer, reason, message, text",
    "said": "what it is: stated, about",
    "judge": "verdict for what people say, duplicates for records of one id",
    "ids_of_before": "previous ids",
}
"""Names that mean too much -> what to say instead."""


def test_a_public_name_means_one_thing() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in _modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SEVERAL} == {}


def test_unwanted_words_name_nothing() -> None:
    found = {
        f"{path}: {name}: say {UNWANTED[name]}"
        for path, tree in _modules()
        for name in _names(tree)
        if name in UNWANTED
    }
    assert found == set()


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield path.relative_to(ROOT).as_posix(), tree


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
