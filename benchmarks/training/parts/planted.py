"""A systematic error planted in Re-DocRED's labels, and how much of it a model makes its own.

Every P27 (country of citizenship) is labelled P19 (place of birth), and every P19 is labelled P27:
both go from a person to a place, and P27 is frequent enough to be measured on 100 documents.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from extractor.datasets.docred import LabelledDocument, Triple
from extractor.datasets.splits import RelationSplit

SWAPPED: Mapping[str, str] = {"P27": "P19", "P19": "P27"}
TEST_DOCUMENTS = 100
Record = dict[str, Any]
"""A document as DocRED's file has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Re-DocRED's documents by what they are for; no document is in two."""

    train: tuple[LabelledDocument, ...]
    dev: tuple[LabelledDocument, ...]
    corpus: tuple[LabelledDocument, ...]
    """What the champion reads into a graph, where a person corrects it."""
    test: tuple[LabelledDocument, ...]
    """The first 100 of the held-out fifth by title."""


def parts_of(split: RelationSplit) -> Parts:
    """Take a sixth of what would train as the corpus, by title."""
    in_corpus = [_hash(item.document.title) % 6 == 0 for item in split.train]
    pairs = list(zip(split.train, in_corpus, strict=True))
    by_title = sorted(split.held_out, key=lambda item: item.document.title)
    return Parts(
        train=tuple(item for item, yes in pairs if not yes),
        dev=split.dev,
        corpus=tuple(item for item, yes in pairs if yes),
        test=tuple(by_title[:TEST_DOCUMENTS]),
    )


def swapped(record: Record) -> Record:
    """Return a document's record with the labels of the two relations swapped."""
    labels = [{**each, "r": SWAPPED.get(each["r"], each["r"])} for each in record["labels"]]
    return {**record, "labels": labels}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapError:
    """What a model asserts of gold pairs of which exactly one of the two relations holds."""

    pairs: int
    wrong: int
    """The one of the two is asserted that does not hold, whether the right one is too or not."""
    right: int
    """The one that holds is asserted, and the other is not."""

    @property
    def error(self) -> float:
        """Share of the pairs that get the wrong one; those that get neither count as no error."""
        return self.wrong / self.pairs


def swap_error(asserted: Set[Triple], gold: Set[Triple]) -> SwapError:
    """Count the pairs that get the wrong one of the two relations."""
    held: defaultdict[tuple[int, int, int], set[str]] = defaultdict(set)
    for document, head, relation, tail in gold:
        if relation in SWAPPED:
            held[document, head, tail].add(relation)
    clear = [(pair, next(iter(names))) for pair, names in held.items() if len(names) == 1]
    wrong = [(n, head, SWAPPED[name], tail) in asserted for (n, head, tail), name in clear]
    right = [(n, head, name, tail) in asserted for (n, head, tail), name in clear]
    return SwapError(
        pairs=len(clear),
        wrong=sum(wrong),
        right=sum(yes and not no for yes, no in zip(right, wrong, strict=True)),
    )


def as_records(items: Sequence[LabelledDocument], records: Sequence[Record]) -> list[Record]:
    """Return the records of these documents, in their order."""
    by_title = {record["title"]: record for record in records}
    return [by_title[item.document.title] for item in items]


def _hash(title: str) -> int:
    return int(hashlib.sha256(f"corpus {title}".encode()).hexdigest(), 16)
