"""Gold triples of scored documents as evidence cases: attention by sentence, and what is marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractor.atlop.scoring import WindowScores
from extractor.calibration.evidence import EvidenceCase, sentences_of
from extractor.datasets.docred import Label, LabelledDocument
from extractor.relations import RelationVocabulary

UNSEEN = np.zeros(0, dtype=np.float32)
"""Attention by sentence of a pair that no window shows."""


def evidence_cases(
    scores: Sequence[Sequence[WindowScores]],
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
) -> list[EvidenceCase]:
    """Return one case for each gold triple; without attention where no window shows the pair.

    Of several windows that show a pair, the one with the largest margin speaks for a relation, as
    it does for statements.

    Args:
        scores: of each document, scored with its gold clusters.
        documents: the same.
        vocabulary: names the columns of the margins.
    """
    cases = []
    for windows, item in zip(scores, documents, strict=True):
        places = [
            sentences_of(cluster.mentions, item.document.sentences)
            for cluster in item.document.clusters
        ]
        shown: dict[tuple[int, int], list[tuple[WindowScores, int]]] = {}
        for window in windows:
            for row, pair in enumerate(window.pairs):
                shown.setdefault(pair, []).append((window, row))
        for label in item.labels:
            pair = (min(label.head, label.tail), max(label.head, label.tail))
            surest = _surest(shown[pair], label, vocabulary) if pair in shown else None
            cases.append(
                EvidenceCase(
                    shares=surest[0].sentence_shares[surest[1]] if surest else UNSEEN,
                    first_sentence=surest[0].first_sentence if surest else 0,
                    head_sentences=places[label.head],
                    tail_sentences=places[label.tail],
                    gold=label.evidence,
                )
            )
    return cases


def _surest(
    shown: Sequence[tuple[WindowScores, int]], label: Label, vocabulary: RelationVocabulary
) -> tuple[WindowScores, int]:
    """Return the window, and the pair's row in it, with the largest margin of a label."""
    way, column = int(label.head > label.tail), vocabulary.column(label.relation) - 1
    return max(shown, key=lambda each: float(each[0].margins[each[1], way, column]))
