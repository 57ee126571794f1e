"""Does what the entity index knows tell right statements from wrong ones?

Re-DocRED dev from raw texts, linked to Wikidata's tables (31,555 items, with their relations). The
checkpoint saw neither the held-out fifth nor the tenth that chose its thresholds: these count. Of
the others, which trained it, only the shares of what is true are given, as `trained_...`. The
weights that are scored are learned from the documents that are not held out, but for the fifth of
them that is scored; the held-out fifth has those of all of these.

Located-in are country (P17), located in (P131) and contains (P150). Calibration and F1 are of all
statements; F1 counts those with a probability of at least 0.5 against the labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.parts.checked_statements import Checked, checked_statements, learned
from benchmarks.parts.report import data_folder, write
from extractor.calibration.counts import micro
from extractor.calibration.reliability import ece
from extractor.checks.facts import CONTAINS, COUNTRY, REGION
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import RelationSplit, in_held_out_fifth, split_documents, titles

LOCATED_IN = frozenset({COUNTRY, REGION, CONTAINS})
AGAINST = ("contradicted", "second value")
FOLDS = 5
ASSERTED = 0.5


def figures(data: Path) -> dict[str, float]:
    """Extract all documents once, then score the unseen ones."""
    split = split_documents(read_docred(data / "redocred" / "dev_revised.json"))
    return scored(checked_statements(data, split.all), split)


def scored(statements: Sequence[Checked], split: RelationSplit) -> dict[str, float]:
    """Return the figures of all documents' statements, with weights learned from others."""
    seen = frozenset(titles(split.train))
    unseen = [each for each in statements if each.title not in seen]
    trained = [each for each in statements if each.title in seen]
    located = [each for each in unseen if each.relation in LOCATED_IN]
    gold = sum(len(item.labels) for item in (*split.dev, *split.held_out))
    checked = _with_checks(statements, split)
    return {
        "documents": len(split.dev) + len(split.held_out),
        "statements": len(unseen),
        "located_in": len(located),
        "checkable_share": sum(bool(each.kind) for each in located) / max(len(located), 1),
        **_kinds(unseen),
        **{f"trained_{name}": value for name, value in _kinds(trained).items()},
        "ece": _ece(checked),
        "ece_without_checks": _ece(unseen),
        "f1": _f1(checked, gold),
        "f1_without_checks": _f1(unseen, gold),
    }


def _with_checks(statements: Sequence[Checked], split: RelationSplit) -> list[Checked]:
    """Return the unseen statements with checked probabilities, by folds."""
    seen = frozenset(titles(split.train))
    rest = sorted({each.title for each in statements if not in_held_out_fifth(each.title)})
    fold_of = {title: n % FOLDS for n, title in enumerate(rest)}
    found = []
    for fold in (*range(FOLDS), None):
        others = [e for e in statements if e.title in fold_of and fold_of[e.title] != fold]
        weights = learned(others, seen)
        for each in statements:
            if each.title not in seen and fold_of.get(each.title) == fold:
                after = weights.probability(each.probability, each.kind) if each.kind else None
                found.append(replace(each, probability=after or each.probability))
    return found


def _kinds(statements: Sequence[Checked]) -> dict[str, float]:
    """Return how many statements are contradicted, or supported, and how many of these are true."""
    counts: dict[str, float] = {}
    for name, kinds in (
        ("contradicted", AGAINST[:1]),
        ("second_value", AGAINST[1:]),
        ("supported", ("supported",)),
    ):
        chosen = [each.true for each in statements if each.kind in kinds]
        counts[name] = len(chosen)
        counts[f"{name}_true_share"] = sum(chosen) / max(len(chosen), 1)
    return counts


def _ece(statements: Sequence[Checked]) -> float:
    probabilities = np.array([each.probability for each in statements])
    return ece(probabilities, np.array([each.true for each in statements])) or 0.0


def _f1(statements: Sequence[Checked], gold: int) -> float:
    kept = [each.true for each in statements if each.probability >= ASSERTED]
    return micro(sum(kept), len(kept), gold).f1


if __name__ == "__main__":
    write("fact_checks", figures(data_folder(__doc__)), title="what facts say of statements")
