"""May a challenger serve instead of the champion? Rules over figures, each with what it saw.

All figures are of documents that neither model has seen. A rule that cannot be applied, because
there is nothing to measure, passes and says so; the first rule always can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extractor.calibration.comparison import Comparison
from extractor.calibration.counts import f1
from flows.params import GateRules

Triples = tuple[int, int, int]
"""Triples right, asserted, gold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the gate knows of one model."""

    name: str
    precision: float
    recall: float
    f1: float
    ece: float | None
    """Expected calibration error of triples with a probability of at least 0.05."""
    squared_error: float | None
    """Sum of (probability - truth)^2 over all triples, divided by the gold ones."""
    mention_f1: float | None
    """By span and type."""
    by_relation: Mapping[str, Triples]
    correction_errors: int
    """Triples of pairs that people judged which are asserted and wrong, or missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the gate's report."""

    name: str
    passed: bool
    told: str


def apply_rules(
    champion: Figures,
    challenger: Figures,
    difference: Comparison,
    relations: Mapping[str, Comparison],
    judged_pairs: int,
    rules: GateRules,
) -> tuple[Rule, ...]:
    """Return what each rule says; the challenger may serve where all pass.

    Args:
        champion: the model that serves.
        challenger: the model that would.
        difference: the challenger's F1 minus the champion's, by document.
        relations: the same of single relations, those with enough gold triples.
        judged_pairs: entity pairs that `correction_errors` counts over.
        rules: how much worse is too much.
    """
    return (
        _f1(difference, rules),
        _no_higher(
            "calibration", "calibration error", champion.ece, challenger.ece, rules.ece_rise
        ),
        _no_higher(
            "probabilities",
            "squared error per gold triple",
            champion.squared_error,
            challenger.squared_error,
            rules.squared_error_rise,
        ),
        _mentions(champion.mention_f1, challenger.mention_f1, rules),
        _relations(relations, rules),
        _corrections(champion, challenger, judged_pairs, rules),
    )


def _f1(difference: Comparison, rules: GateRules) -> Rule:
    """Not below the champion's on these documents, and surely not by more than the margin."""
    return Rule(
        name="F1",
        passed=difference.difference >= 0 and difference.low >= -rules.f1_margin,
        told=(
            f"difference {difference.difference:+.4f}, 95 % interval {difference.low:+.4f} to "
            f"{difference.high:+.4f}; must be at least 0, and its low end at least "
            f"{-rules.f1_margin:+.4f}"
        ),
    )


def _no_higher(
    name: str, what: str, before: float | None, after: float | None, allowed: float
) -> Rule:
    if before is None:
        return Rule(name=name, passed=True, told=f"no {what} of the champion to compare with")
    if after is None:
        return Rule(name=name, passed=False, told=f"the challenger says nothing that has a {what}")
    return Rule(
        name=name,
        passed=after - before <= allowed,
        told=f"{what} {before:.4f} -> {after:.4f}; may rise by {allowed:.4f}",
    )


def _mentions(before: float | None, after: float | None, rules: GateRules) -> Rule:
    if before is None or after is None:
        return Rule(name="mentions", passed=True, told="no document that neither detector has seen")
    return Rule(
        name="mentions",
        passed=before - after <= rules.mention_fall,
        told=f"F1 {before:.4f} -> {after:.4f}; may fall by {rules.mention_fall:.4f}",
    )


def _relations(relations: Mapping[str, Comparison], rules: GateRules) -> Rule:
    """None falls by more than allowed, where that is not chance: triples come in few documents."""
    fell = sorted(
        (each.difference, relation, each.low, each.high)
        for relation, each in relations.items()
        if each.difference < -rules.relation_fall and each.high < 0
    )
    falls = "; ".join(
        f"{relation} {difference:+.4f} ({low:+.4f} to {high:+.4f})"
        for difference, relation, low, high in fell
    )
    return Rule(
        name="relations",
        passed=not fell,
        told=(
            f"{len(fell)} of {len(relations)} relations with at least {rules.relation_support} "
            f"gold triples fall by more than {rules.relation_fall:.4f}, their 95 % interval below 0"
            f"{': ' if falls else ''}{falls}"
        ),
    )


def _corrections(
    champion: Figures, challenger: Figures, judged_pairs: int, rules: GateRules
) -> Rule:
    before, after = champion.correction_errors, challenger.correction_errors
    errors = f"errors on {judged_pairs} judged pairs {before} -> {after}"
    if judged_pairs < rules.correction_support:
        few = f"fewer than {rules.correction_support} pairs decide nothing"
        return Rule(name="corrections", passed=True, told=f"{errors}; {few}")
    return Rule(name="corrections", passed=after <= before, told=f"{errors}; may not rise")


def changes(
    before: Mapping[str, Triples], after: Mapping[str, Triples]
) -> Iterator[tuple[str, int, float, float]]:
    """Yield relation, gold triples, F1 before and after; the relations with most gold first."""
    for relation, counts in sorted(before.items(), key=lambda each: (-each[1][2], each[0])):
        now = after.get(relation, (0, 0, counts[2]))
        yield relation, counts[2], float(f1(*counts)), float(f1(*now))
