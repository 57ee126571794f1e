"""How many clusters are linked to the right entry of an index, and which are rightly NIL?

Gold mentions and clusters; times and numbers are never linked and never counted. A cluster's gold
id is the commonest among its mentions'; without one, or where the index lacks it, it is NIL.

Wikidata: the 200 documents of linked DocRED, in five folds by document: each is scored with weights
that its fold did not train, in an index that has nearly all that they name. MeSH: CDR's dev
documents, scored with the shipped weights, which CDR's training documents helped to train. Samples:
as Wikidata; few clusters. benchmarks/parts/linked_data.py says what the indices hold. wiki_fair and
open_world: with the shipped weights; benchmarks/quality/parts/open_links.py says what they are.

    accuracy     share of the clusters whose entry is in the index that are linked to it
    ambiguous    the same, of clusters with a name that two entries or more have, folded
    baseline     accuracy of the better of two baselines, which see the same index and types:
                 popularity  the best known entry that has one of the names, folded
                 bm25        the best hit for one of the names, over names and descriptions
    nil_f1       F1 of NIL: a cluster is said to be NIL; it is
    ece          of the link confidence, in ten bins of equal width, over the links made
    recall30     share of the distinct (document, id, name) whose entry is among the 30 candidates
                 that are ranked for the cluster; _of_name: that the index has for this name alone
    ceiling      ... whose entry is in the index
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts.linked_data import Scored, mesh, samples, wikidata
from benchmarks.parts.linking_training import LinkedDocument, PreparedDocument, train_linking
from benchmarks.parts.open_world import linked_docred
from benchmarks.parts.report import data_folder, write
from benchmarks.quality.parts.bm25 import Bm25
from benchmarks.quality.parts.open_links import open_world_figures
from benchmarks.training.linking_weights import trainable
from extractor.linking import (
    LinkingWeights,
    mentioned_names,
    rank_clusters,
    shipped_weights,
)
from extractor.linking.ranking import Ranking
from extractor.names import comparable_name
from extractor.schema import INTERCHANGEABLE_TYPES, VALUE_TYPES, Candidate

FOLDS = 5
BINS = 10
BASELINES = ("popularity", "bm25")


@dataclass(frozen=True)
class Answer:
    """What one cluster is, and what it is taken for; '' is NIL."""

    gold: str
    linked: str
    confidence: float
    popularity: str
    bm25: str
    ambiguous: bool


def figures(data: Path) -> dict[str, float]:
    """Score linking and both baselines on both data sets."""
    dev, weights = mesh(data), shipped_weights()
    seen = {item.linked.labelled.document.id for item in dev}.intersection(weights.trained_on)
    if seen:
        raise SystemExit(f"the shipped weights were trained on {min(seen)}")
    documents, few = wikidata(data), samples()
    own = [item.linked for item in few]
    many = [*linked_docred(data), *(item.linked for item in documents)]
    by_fold = list(_cross_validated(documents, many, trainable(own)))
    described = _scores("samples", list(_cross_validated(few, own, trainable(many))))
    recall, recall_of_name, ceiling = _recall(dev)
    return {
        **_scores("wikidata", by_fold),
        "nil_f1": _nil_f1(by_fold, "linked"),
        "nil_f1_baseline": max(_nil_f1(by_fold, name) for name in BASELINES),
        **_scores("mesh", list(_answers(dev, weights))),
        "mesh_recall30": recall,
        "mesh_recall30_of_name": recall_of_name,
        "mesh_ceiling": ceiling,
        **{name: value for name, value in described.items() if "ambiguous" in name},
        **open_world_figures(data, weights),
    }


def _cross_validated(
    documents: Sequence[Scored],
    training: Sequence[LinkedDocument],
    others: Sequence[PreparedDocument],
) -> Iterator[Answer]:
    """Yield the answers on each fold, with weights of the other folds and the other corpora.

    Args:
        documents: to answer about.
        training: the same in the indices that they are learned from.
        others: other corpora.
    """
    prepared = [(PreparedDocument(item), fold_of(_title(item))) for item in training]
    for fold in range(FOLDS):
        train = [item for item, of in prepared if of != fold]
        own = [item for item in documents if fold_of(_title(item.linked)) == fold]
        yield from _answers(own, train_linking([*train, *others]))


def _title(item: LinkedDocument) -> str:
    return item.labelled.document.title


def fold_of(title: str) -> int:
    """Return the fold of a document, by its title."""
    return int(hashlib.sha256(title.encode()).hexdigest(), 16) % FOLDS


def _answers(documents: Iterable[Scored], weights: LinkingWeights) -> Iterator[Answer]:
    known: dict[int, Bm25] = {}
    for item in documents:
        bm25 = known.get(id(item.entries)) or Bm25(item.entries)
        known = {id(item.entries): bm25}
        labelled = item.linked.labelled
        clusters = labelled.document.clusters
        choices = rank_clusters(labelled.document, clusters, item.linked.candidates, weights)
        for cluster, ids, choice in zip(clusters, labelled.kb_ids, choices, strict=True):
            if cluster.type in VALUE_TYPES:
                continue
            bearing = _bearing(choice.names, choice.candidates)
            yield Answer(
                gold=ids[0] if ids and ids[0] in item.ids else "",
                linked=_id(choice.best),
                confidence=choice.confidence,
                popularity=_id(min(bearing, key=lambda c: (-c.popularity, c.id), default=None)),
                bm25=_id(bm25.best(choice.names, _types(cluster.type))),
                ambiguous=len(bearing) > 1,
            )


def _bearing(names: Sequence[str], candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that have one of the names, folded."""
    wanted = {comparable_name(name) for name in names}
    return [
        candidate
        for candidate in candidates
        if not wanted.isdisjoint(map(comparable_name, (candidate.name, *candidate.aliases)))
    ]


def _types(type_: str) -> frozenset[str]:
    return INTERCHANGEABLE_TYPES if type_ in INTERCHANGEABLE_TYPES else frozenset({type_})


def _id(candidate: Candidate | None) -> str:
    return "" if candidate is None else candidate.id.partition(":")[2]


def _scores(kind: str, answers: Sequence[Answer]) -> dict[str, float]:
    found = [answer for answer in answers if answer.gold]
    ambiguous = [answer for answer in found if answer.ambiguous]
    best = max(BASELINES, key=lambda name: _accuracy(found, name))
    return {
        f"{kind}_accuracy": _accuracy(found, "linked"),
        f"{kind}_baseline": _accuracy(found, best),
        **{f"{kind}_baseline_{name}": _accuracy(found, name) for name in BASELINES},
        f"{kind}_ambiguous": _accuracy(ambiguous, "linked"),
        f"{kind}_ambiguous_baseline": _accuracy(ambiguous, best),
        f"{kind}_ece": _ece(answers),
        f"{kind}_clusters": len(found),
        f"{kind}_ambiguous_clusters": len(ambiguous),
        f"{kind}_nil_clusters": len(answers) - len(found),
    }


def _accuracy(answers: Sequence[Answer], what: str) -> float:
    right: list[bool] = [getattr(answer, what) == answer.gold for answer in answers]
    return sum(right) / len(answers)


def _nil_f1(answers: Sequence[Answer], what: str) -> float:
    said = sum(not getattr(answer, what) for answer in answers)
    is_nil = sum(not answer.gold for answer in answers)
    both = sum(not answer.gold and not getattr(answer, what) for answer in answers)
    return 2 * both / (said + is_nil)


def _ece(answers: Sequence[Answer]) -> float:
    """Return the expected calibration error of the links made (Naeini et al., 2015)."""
    made = [answer for answer in answers if answer.linked]
    bins: dict[int, list[Answer]] = defaultdict(list)
    for answer in made:
        bins[min(int(answer.confidence * BINS), BINS - 1)].append(answer)
    error: float = sum(
        abs(sum(each.confidence for each in found) - sum(e.linked == e.gold for e in found))
        for found in bins.values()
    )
    return error / len(made)


def _recall(documents: Sequence[Scored]) -> tuple[float, float, float]:
    """Return recall among a cluster's candidates and a name's, and their ceiling."""
    found = alone = possible = total = 0
    for item in documents:
        document, candidates = item.linked.labelled.document, item.linked.candidates
        ranking = Ranking(document, document.clusters, candidates)
        for cluster, ids, options in zip(
            document.clusters, item.linked.labelled.kb_ids, ranking.options, strict=True
        ):
            names = mentioned_names(document, cluster)
            total += len(names)
            possible += len(names) * (ids[0] in item.ids)
            found += len(names) * (ids[0] in map(_id, options))
            alone += sum(ids[0] in map(_id, candidates[name]) for name in names)
    return found / total, alone / total, possible / total


if __name__ == "__main__":
    write("linking", figures(data_folder(__doc__)), title="linking")
