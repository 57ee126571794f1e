"""What texts of many kinds state, and what an assertion about one of them is worth."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.names import fold_name

Triple = tuple[str, str, str]
"""Head, relation, tail; by the names that the labels give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What the graph says that a text says."""

    document: str
    relation: str
    probability: float
    heads: tuple[str, ...]
    """Names by which the text mentions the head."""
    tails: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What one text states."""

    document: str
    facts: frozenset[Triple]
    optional: frozenset[Triple]
    tempting: frozenset[Triple]
    named: dict[str, frozenset[str]]
    """Folded name -> the names of the labels that it may be a form of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one text's assertions are worth."""

    right: dict[Triple, float]
    """Fact -> the largest probability with which it is asserted."""
    wrong: tuple[float, ...]
    """Probabilities of what the text does not state."""
    facts: int
    tempted: int
    """Of the wrong ones, those that the labels give as tempting."""

    @property
    def found(self) -> int:
        """Facts that are asserted."""
        return len(self.right)

    def scored(self, least: float = 0.0) -> list[bool]:
        """Return whether each assertion of so large a probability is right."""
        right = [True for probability in self.right.values() if probability >= least]
        return right + [False for probability in self.wrong if probability >= least]


def labels_of(path: Path) -> Labels:
    """Read the labels of a text."""
    read = json.loads(path.read_text(encoding="utf-8"))
    kinds = {
        kind: frozenset((head, relation, tail) for head, relation, tail, *_ in read[kind])
        for kind in ("facts", "optional", "tempting")
    }
    every = {
        name for triples in kinds.values() for head, _, tail in triples for name in (head, tail)
    }
    named: dict[str, set[str]] = {}
    for name in every:
        for form in (name, *read["names"].get(name, ())):
            for each in folded(form):
                named.setdefault(each, set()).add(name)
    return Labels(
        document=path.stem,
        named={form: frozenset(names) for form, names in named.items()},
        **kinds,
    )


def folded(name: str) -> set[str]:
    """Fold a name without its article; one that breaks at a hyphen with and without that."""
    joined = (re.sub(r"-\n[ \t>]*", joint, html.unescape(name)) for joint in ("", "-"))
    lines = (" ".join(each.split()) for each in joined)
    return {fold_name(re.sub(r"^the\s+", "", each, flags=re.IGNORECASE)) for each in lines}


def judge(assertions: Sequence[Assertion], labels: Labels) -> Judged:
    """Judge the assertions about one text."""
    right: dict[Triple, float] = {}
    wrong: list[float] = []
    tempted = 0
    for each in assertions:
        meant = {
            (head, each.relation, tail)
            for head in _meant(each.heads, labels)
            for tail in _meant(each.tails, labels)
        }
        if stated := meant & labels.facts:
            for fact in stated:
                right[fact] = max(each.probability, right.get(fact, 0.0))
        elif not meant & labels.optional:
            wrong.append(each.probability)
            tempted += bool(meant & labels.tempting)
    return Judged(right=right, wrong=tuple(wrong), facts=len(labels.facts), tempted=tempted)


def _meant(names: Iterable[str], labels: Labels) -> set[str]:
    forms = {form for name in names for form in folded(name)}
    return {meant for form in forms for meant in labels.named.get(form, ())}
