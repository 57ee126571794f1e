"""A person who knows Re-DocRED's true labels and judges edges that a model put into a graph."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.training.parts.planted import SWAPPED
from extractor.datasets.docred import LabelledDocument

MOST_DOCUMENTS = 30


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """An edge of the graph, by the ids of its entities."""

    head: str
    relation: str
    tail: str

    def with_relation(self, relation: str) -> Edge:
        """Return the edge of another relation between the same two."""
        return Edge(head=self.head, relation=relation, tail=self.tail)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Verdict:
    """What the person says of an edge."""

    edge: Edge
    verdict: str
    """'confirmed' or 'rejected'."""


Stated = Mapping[Edge, Collection[str]]
"""Edge -> the titles of the documents that state it, as the model reads them."""


def true_edges(
    documents: Sequence[LabelledDocument], entities: Mapping[tuple[str, int, int], str]
) -> set[Edge]:
    """Return the edges that the true labels of documents state.

    Args:
        documents: labelled as they should be.
        entities: (title, start, end) of a mention -> the id that the graph gave its entity.
    """
    found = set()
    for item in documents:
        title, clusters = item.document.title, item.document.clusters
        ids = [
            {entities.get((title, m.start, m.end), "") for m in cluster.mentions} - {""}
            for cluster in clusters
        ]
        for label in item.labels:
            found |= {
                Edge(head=head, relation=label.relation, tail=tail)
                for head in ids[label.head]
                for tail in ids[label.tail]
            }
    return found


def corrections(stated: Stated, true: Collection[Edge]) -> list[Verdict]:
    """Judge the edges of the two swapped relations in the documents with the most wrong ones.

    Wrong edges are rejected, with the right one of the two confirmed where it is true; right ones
    are confirmed. Edges that further documents state are left alone, so that no verdict reaches
    more than the chosen 30.
    """
    wrong = Counter(
        title
        for edge, titles in stated.items()
        if edge.relation in SWAPPED and edge not in true
        for title in titles
    )
    by_count = sorted(wrong, key=lambda title: (-wrong[title], title))
    chosen = set(by_count[:MOST_DOCUMENTS])
    verdicts = set()
    for edge, titles in stated.items():
        if edge.relation not in SWAPPED or not chosen.issuperset(titles):
            continue
        verdicts.add(Verdict(edge=edge, verdict="confirmed" if edge in true else "rejected"))
        other = edge.with_relation(SWAPPED[edge.relation])
        if other in true:
            verdicts.add(Verdict(edge=other, verdict="confirmed"))
    return sorted(verdicts)


def random_confirmations(
    stated: Stated, true: Collection[Edge], *, count: int, documents: int, seed: int
) -> list[Verdict]:
    """Confirm as many right edges of other relations, on as many documents, at random.

    Raises:
        ValueError: there are not so many.
    """
    chance = random.Random(seed)
    right: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge, titles in sorted(stated.items()):
        if edge.relation not in SWAPPED and edge in true and len(titles) == 1:
            right[next(iter(titles))].append(edge)
    chosen = chance.sample(sorted(right), documents)
    first = [chance.choice(right[title]) for title in chosen]
    rest = [edge for title in chosen for edge in right[title] if edge not in first]
    edges = [*first, *chance.sample(rest, count - len(first))]
    return sorted(Verdict(edge=edge, verdict="confirmed") for edge in edges)


def write_verdicts(path: Path, verdicts: Sequence[Verdict]) -> None:
    """Write the file that `factloom correct` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("head", "relation", "tail", "verdict"))
        for each in verdicts:
            writer.writerow((each.edge.head, each.edge.relation, each.edge.tail, each.verdict))
