"""Gold triples of scored documents as evidence cases: attention by sentence, and what is marked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from extractor.atlop.scoring import WindowScores
from extractor.labelled.docred import LabelledDocument
from extractor.schema import Mention, Span
from extractor.trust.evidence import EvidenceCase


def evidence_cases(
    scores: Sequence[Sequence[WindowScores]], documents: Sequence[LabelledDocument]
) -> list[EvidenceCase]:
    """Return one case for each gold triple; without attention where no window shows the pair.

    Of several windows that show a pair, the one with the largest margin speaks for the relation.

    Args:
        scores: of each document, scored with its gold clusters.
        documents: the same.
    """
    cases = []
    for windows, item in zip(scores, documents, strict=True):
        places = [
            sentences_of(cluster.mentions, item.document.sentences)
            for cluster in item.document.clusters
        ]
        shown: dict[tuple[int, int], tuple[float, WindowScores, int]] = {}
        for window in windows:
            for row, pair in enumerate(window.pairs):
                largest = float(window.margins[row].max())
                if pair not in shown or shown[pair][0] < largest:
                    shown[pair] = (largest, window, row)
        for label in item.labels:
            pair = (min(label.head, label.tail), max(label.head, label.tail))
            found = shown.get(pair)
            cases.append(
                EvidenceCase(
                    shares=found[1].sentence_shares[found[2]] if found else np.zeros(0, np.float32),
                    first_sentence=found[1].first_sentence if found else 0,
                    head_sentences=places[label.head],
                    tail_sentences=places[label.tail],
                    gold=label.evidence,
                )
            )
    return cases


def sentences_of(mentions: Sequence[Mention], sentences: Sequence[Span]) -> frozenset[int]:
    """Return the sentences that mentions lie in."""
    starts = [sentence.start for sentence in sentences]
    found = (bisect_right(starts, mention.start) - 1 for mention in mentions)
    return frozenset(index for index in found if index >= 0)
