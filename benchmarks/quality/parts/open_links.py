"""How many links are right where the index lacks most of what texts name, beside version 0.1's?

Wikipedia documents whose mentions people linked to Wikidata, 116, as 38 of the 154 are there twice;
nothing is learned from them. The index holds the starter index and GeoNames' places, without those
that are twins of known places: once all of it, once the tenth whose ids' hash says so. Times and
numbers are left out. What people linked to nothing is NIL, and so is what the index does not hold.
A place of GeoNames that is linked for a place that Wikidata alone has may be the same or not:
nobody said so, and the link counts neither way; they are `unjudged`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.parts.linked_data import with_candidates
from benchmarks.parts.linking_training import LinkedDocument
from benchmarks.parts.worlds import OPEN, places, starter_entries, thinned
from extractor.datasets.docred import read_docred
from extractor.linking import LinkingWeights, rank_clusters
from extractor.linking.features import FEATURES
from extractor.linking.ranking import Choice
from extractor.linking.weights import KindWeights
from extractor.schema import VALUE_TYPES, Candidate

BEFORE = Path(__file__).with_name("linking_before.json")
"""The weights of version 0.1, which linked where all candidates together reach `nil_below`."""
DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Link:
    """What one cluster is, and what it is taken for; '' is NIL."""

    gold: str
    """Its entry, where the index holds it."""
    linked: str
    judged: bool
    """Whether anybody can tell if the link is right."""


Score = Callable[[Sequence[Link]], float]
Rule = Callable[[Choice], Candidate | None]


def open_world_figures(data: Path, weights: LinkingWeights) -> dict[str, float]:
    """Return precision, recall and NIL's F1 in both worlds, with intervals, and version 0.1's."""
    read = read_docred(data / "wikidata" / "wiki_fair.json")
    documents = list({item.document.text: item for item in read}.values())
    known = starter_entries()
    entries = [*known, *places(known)]
    old, old_rule = _before()
    result: dict[str, float] = {"wiki_fair_documents": len(documents)}
    for name, tenths in (("wiki_fair", 10), ("open_world", OPEN)):
        world = thinned(entries, tenths)
        ids = frozenset(entry.id for entry in world)
        found = with_candidates(documents, world)
        now = [list(_links(item, ids, weights, lambda choice: choice.best)) for item in found]
        then = [list(_links(item, ids, old, old_rule)) for item in found]
        result |= _scores(name, now) | _scores(name, then, "_before")
        links = [link for each in now for link in each]
        result[f"{name}_held"] = sum(bool(link.gold) for link in links)
        result[f"{name}_links"] = sum(bool(link.linked) for link in links)
        result[f"{name}_unjudged"] = sum(not link.judged for link in links)
    return result


def _before() -> tuple[LinkingWeights, Rule]:
    """Return version 0.1's weights, and its rule for what is linked."""
    content = json.loads(BEFORE.read_text(encoding="utf-8"))
    passes = [content["weights"].get(name, (0.0, 0.0)) for name in FEATURES]
    kind = KindWeights(
        first=tuple(first for first, _ in passes),
        second=tuple(second for _, second in passes),
        slope=content["slope"],
        offset=content["offset"],
    )
    weights = LinkingWeights(features=FEATURES, names=kind, terms=kind, trained_on=())

    def linked(choice: Choice) -> Candidate | None:
        together = float(choice.shares.sum()) >= content["nil_below"]
        return choice.candidates[0] if choice.candidates and together else None

    return weights, linked


def _links(
    item: LinkedDocument, ids: frozenset[str], weights: LinkingWeights, linked: Rule
) -> Iterator[Link]:
    """Yield what became of each cluster of a document."""
    document = item.labelled.document
    choices = rank_clusters(document, document.clusters, item.candidates, weights)
    nobody = ((),) * len(document.clusters)
    for cluster, gold, choice in zip(
        document.clusters, item.labelled.kb_ids or nobody, choices, strict=True
    ):
        if cluster.type in VALUE_TYPES:
            continue
        right = f"wikidata:{gold[0]}" if gold else ""
        held = right if right in ids else ""
        found = entry.id if (entry := linked(choice)) else ""
        elsewhere = found.startswith("geonames:") and right and not held
        yield Link(held, found, judged=not (elsewhere and cluster.type == "LOC"))


def _scores(name: str, documents: Sequence[Sequence[Link]], suffix: str = "") -> dict[str, float]:
    result = {}
    scores: dict[str, Score] = {"precision": _precision, "recall": _recall, "nil_f1": _nil_f1}
    for what, score in scores.items():
        low, high = _interval(documents, score)
        key = f"{name}_{what}"
        result[f"{key}{suffix}"] = score([link for each in documents for link in each])
        result |= {f"{key}_low{suffix}": low, f"{key}_high{suffix}": high}
    return result


def _interval(documents: Sequence[Sequence[Link]], score: Score) -> tuple[float, float]:
    """Return the bounds that hold 95 of 100 scores of documents that are drawn again."""
    draws = np.random.default_rng(0).integers(len(documents), size=(DRAWS, len(documents)))
    drawn = [score([link for n in draw for link in documents[n]]) for draw in draws.tolist()]
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return low, high


def _precision(links: Sequence[Link]) -> float:
    made = [link for link in links if link.linked and link.judged]
    return sum(link.linked == link.gold for link in made) / max(len(made), 1)


def _recall(links: Sequence[Link]) -> float:
    held = [link for link in links if link.gold]
    return sum(link.linked == link.gold for link in held) / max(len(held), 1)


def _nil_f1(links: Sequence[Link]) -> float:
    said = sum(not link.linked for link in links)
    nil = sum(not link.gold for link in links)
    both = sum(not link.gold and not link.linked for link in links)
    return 2 * both / max(said + nil, 1)
