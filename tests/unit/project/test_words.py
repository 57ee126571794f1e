"""One word per concept: what the code is not to say, and names that mean one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("config", "corpus", "extractor", "flows", "graph")
COMMANDS = "the command, and what it runs"
SEVERAL = {
    "backfill": COMMANDS,
    "connect": "to Elasticsearch, and to the graph",
    "correct": COMMANDS,
    "demo": COMMANDS,
    "deploy": COMMANDS,
    "doctor": COMMANDS,
    "evaluate": COMMANDS,
    "ingest": COMMANDS,
    "main": "each command line has its own",
    "reconcile": COMMANDS,
    "replay": COMMANDS,
    "retrain": COMMANDS,
    "setup": COMMANDS,
    "shipped_weights": "of clustering, and of linking",
    "train": COMMANDS,
    "withdraw": COMMANDS,
}
"""Public names that modules share -> why: they mean the same in each."""
UNWANTED = {
    "basket": "batch",
    "crowd": "pending",
    "discreet": "redacted",
    "discretion": "redaction",
    "erasing": "forget",
    "findings": "counts",
    "handover": "exchange",
    "judge": "verdict for what people say, duplicates for records of one id",
    "judged": "labelled for pairs, verdicts for what people say, compared for figures",
    "judging": "duplicates, or evaluate",
    "merges": "redirects",
    "relinking": "successors",
    "said": "what it is: stated, about",
    "settle": "recompute, adopt",
    "settled": "final for what cannot be rolled back, recovered for failures that are over",
    "settling": "recompute, adopt",
    "told": "what it is: answer, reason, message, text",
    "unsettle": "recompute",
}
"""Words of names that mean too much or nothing -> what to say instead."""
UNWANTED_NAMES = {
    "Place": "executor, for who extracts",
    "ids_of_before": "previous ids",
}
STORED = {
    "judged_pairs": "retraining.json",
    "told": "retraining.json",
}
"""Names that files hold, so that they stay -> where."""


def test_a_public_name_means_one_thing() -> None:
    places = public_names()
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SEVERAL} == {}
    assert sorted(SEVERAL.keys() - shared.keys()) == [], "named here, and no longer shared"


def test_unwanted_words_name_nothing() -> None:
    found = {
        f"{path}: {name}: say {instead}"
        for path, tree in modules().items()
        for name in names(tree) | set(Path(path).with_suffix("").parts)
        if name not in STORED and (instead := unwanted(name))
    }
    assert found == set()


def test_a_class_of_the_glossary_is_there_and_a_class_of_its_words_is_named() -> None:
    page = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|(?: `(\w+)`)? \|$", page, re.MULTILINE)
    assert len(rows) == page.count("\n| ") - 1
    classes = {name for name in public_names() if name[0].isupper()}
    assert {name for _, name in rows if name} - classes == set()
    words = {word.title().replace(" ", "") for row, _ in rows for word in row.split(", ")}
    assert words & classes - {name for _, name in rows} == set()


def public_names() -> dict[str, list[str]]:
    """Return the functions and classes of all modules -> where they are."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    return places


@cache
def modules() -> dict[str, ast.Module]:
    """Return the modules of the product, by path."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def names(tree: ast.Module) -> set[str]:
    """Return all that a module names."""
    return set(_names(tree))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


def unwanted(name: str) -> str | None:
    """Return what to say instead of a name, or of a word in it; None where it is good."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    found = (UNWANTED[word.lower()] for word in words if word.lower() in UNWANTED)
    return UNWANTED_NAMES.get(name) or next(found, None)
