"""What texts of many kinds state, and what an assertion about one of them is worth."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    contradicted: bool = False
    """Whether something else is known to speak against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What one text states."""

    document: str
    facts: frozenset[Triple]
    optional: frozenset[Triple]
    tempting: frozenset[Triple]
    named: tuple[dict[str, frozenset[str]], ...]
    """Folded form -> the names that it may be a form of; forms as they are, then bare ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one text's assertions are worth; what counts neither way is left out."""

    right: tuple[float, ...]
    """Probabilities of what the text states."""
    wrong: tuple[float, ...]
    """Probabilities of what the text does not state."""
    found: int
    """Facts that are asserted; one may be found by several assertions."""
    facts: int
    tempted: int
    """Of the wrong ones, those that the labels give as tempting."""
    contradicted: int
    """Assertions that something else is known to speak against, right or wrong."""

    def scored(self, least: float = 0.0) -> list[bool]:
        """Return whether each assertion of so large a probability is right."""
        right = [True for probability in self.right if probability >= least]
        return right + [False for probability in self.wrong if probability >= least]


def labels_of(path: Path) -> Labels:
    """Read the labels of a text."""
    read = json.loads(path.read_text(encoding="utf-8"))
    kinds = {
        kind: frozenset((head, relation, tail) for head, relation, tail, *_ in read[kind])
        for kind in ("facts", "optional", "tempting")
    }
    return labels_from(path.stem, kinds, read["names"])


def labels_of_record(record: Mapping[str, Any]) -> Labels:
    """Return the labels of a document of `samples/corpus/corpus.json`.

    An entity is known by its index, so that of two with one name either may be meant.
    """
    names = [str(n) for n in range(len(record["vertexSet"]))]
    kinds = {
        "facts": frozenset((names[x["h"]], x["r"], names[x["t"]]) for x in record["labels"]),
        "optional": frozenset((names[h], r, names[t]) for h, r, t in record["optional"]),
        "tempting": frozenset[Triple](),
    }
    forms = {
        name: sorted({mention["name"] for mention in mentions})
        for name, mentions in zip(names, record["vertexSet"], strict=True)
    }
    return labels_from(Path(record["file"]).stem, kinds, forms, by_name=False)


def labels_from(
    document: str,
    kinds: Mapping[str, frozenset[Triple]],
    forms: Mapping[str, Sequence[str]],
    *,
    by_name: bool = True,
) -> Labels:
    """Return labels that are found by the forms of their names.

    Args:
        document: name of the text's file.
        kinds: facts, optional ones and tempting ones.
        forms: by which the text names them, beside their names.
        by_name: whether what triples call an entity is itself a form of it.
    """
    every = {
        name for triples in kinds.values() for head, _, tail in triples for name in (head, tail)
    }
    named: tuple[dict[str, set[str]], ...] = ({}, {})
    for name in every:
        for form in (*[name] * by_name, *forms.get(name, ())):
            for table, written in zip(named, folded(form), strict=True):
                for each in written:
                    table.setdefault(each, set()).add(name)
    return Labels(
        document=document,
        named=tuple({form: frozenset(names) for form, names in table.items()} for table in named),
        **kinds,
    )


def folded(name: str) -> tuple[set[str], set[str]]:
    """Return the folded forms of a name as it is, and without article and possessive 's.

    One that breaks at a hyphen is read with and without it.
    """
    joined = (re.sub(r"-\n[ \t>]*", joint, html.unescape(name)) for joint in ("", "-"))
    lines = {" ".join(each.split()) for each in joined}
    bare = (re.sub(r"^the\s+|['\u2019]s$", "", each, flags=re.IGNORECASE) for each in lines)
    return set(map(fold_name, lines)), set(map(fold_name, bare))


def judge(assertions: Sequence[Assertion], labels: Labels) -> Judged:
    """Judge the assertions about one text."""
    right: list[float] = []
    wrong: list[float] = []
    found: set[Triple] = set()
    tempted = 0
    for each in assertions:
        meant = {
            (head, each.relation, tail)
            for head in _meant(each.heads, labels)
            for tail in _meant(each.tails, labels)
        }
        if stated := meant & labels.facts:
            right.append(each.probability)
            found |= stated
        elif not meant & labels.optional:
            wrong.append(each.probability)
            tempted += bool(meant & labels.tempting)
    return Judged(
        right=tuple(right),
        wrong=tuple(wrong),
        found=len(found),
        facts=len(labels.facts),
        tempted=tempted,
        contradicted=sum(each.contradicted for each in assertions),
    )


def _meant(names: Iterable[str], labels: Labels) -> frozenset[str]:
    """Return what all names of an entity may mean: nothing, where it is two things in one."""
    meant = [found for name in names if (found := _means(name, labels))]
    return frozenset.intersection(*meant) if meant else frozenset()


def _means(name: str, labels: Labels) -> frozenset[str]:
    """Return what a name may mean, by its form as it is before all others."""
    for forms in folded(name):
        for table in labels.named:
            if found := [table[form] for form in forms if form in table]:
                return frozenset.union(*found)
    return frozenset()
