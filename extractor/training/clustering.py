"""Learn the weights of clustering from gold clusters: `python -m extractor.training.clustering`.

Logistic regression with an L2 penalty on the pairs that clustering looks at, for each type by
itself. Convex, solved by Newton's method: nothing depends on a seed.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from extractor.calibration.logistic import Floats, fit_logistic
from extractor.clusters.features import Features, PairReader
from extractor.clusters.groups import group_mentions
from extractor.clusters.pairs import possible_pairs
from extractor.clusters.weights import SHIPPED, ClusteringWeights, kind_of
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import in_held_out_fifth, titles
from extractor.schema import Document

Pair = tuple[str, Features, bool]
"""Kind, features, and whether the two are one entity."""
PENALTY = 1.0
"""Half of it times the squared distance of the weights from their priors is added to the negative
log-likelihood, in nats."""
PRIORS = {"PER": {"only_later_form": 2.0}}
"""Weights before anything is learned, where they are not 0. Encyclopedias name people in full first
(5 exceptions in 1,000 documents); other texts may have 'Babbage' before 'Charles Babbage'.
"""
DECIMALS = 4


def train_clustering(documents: Sequence[LabelledDocument]) -> ClusteringWeights:
    """Return weights learned from documents with gold clusters."""
    by_kind: defaultdict[str, list[Pair]] = defaultdict(list)
    for item in documents:
        for pair in gold_pairs(item.document):
            by_kind[pair[0]].append(pair)
    return ClusteringWeights(
        by_type={
            kind: _fit(pairs, PRIORS.get(kind, {})) for kind, pairs in sorted(by_kind.items())
        },
        trained_on=titles(documents),
    )


def gold_pairs(document: Document) -> Iterator[Pair]:
    """Yield the pairs of a document that clustering looks at, with the answer.

    Two groups are one entity where most mentions of both are in one gold cluster.
    """
    owners = {
        (mention.start, mention.end): n
        for n, cluster in enumerate(document.clusters)
        for mention in cluster.mentions
    }
    mentions = [mention for cluster in document.clusters for mention in cluster.mentions]
    groups = group_mentions(document.text, mentions)
    pairs = possible_pairs(document.text, groups)
    reader = PairReader(document.text, groups, pairs)
    owner = [
        Counter(owners[mention.start, mention.end] for mention in group.mentions).most_common(1)[0]
        for group in groups
    ]
    for one, other in pairs:
        kind = kind_of(groups[one].type, groups[other].type)
        yield kind, reader.read(one, other), owner[one][0] == owner[other][0]


def _fit(pairs: Sequence[Pair], priors: Mapping[str, float]) -> dict[str, float]:
    names = sorted({name for _, features, _ in pairs for name in features})
    columns = {name: n for n, name in enumerate(names)}
    rows: Floats = np.zeros((len(pairs), len(names)))
    for row, (_, features, _) in enumerate(pairs):
        for name, value in features.items():
            rows[row, columns[name]] = value
    truth = np.array([same for _, _, same in pairs], dtype=np.float64)
    start = np.array([priors.get(name, 0.0) for name in names])
    weights = fit_logistic(rows, np.zeros(len(rows)), truth, start, PENALTY)
    return {
        name: weight
        for name, weight in zip(names, weights.round(DECIMALS).tolist(), strict=True)
        if weight
    }


def main() -> None:
    """Learn from the documents that are not held out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path, help="DocRED-format file with gold clusters")
    parser.add_argument("--output", type=Path, default=SHIPPED)
    given = parser.parse_args()
    documents = [
        item for item in read_docred(given.documents) if not in_held_out_fifth(item.document.title)
    ]
    train_clustering(documents).save(given.output)
    print(f"learned from {len(documents)} documents: {given.output}")


if __name__ == "__main__":
    main()
