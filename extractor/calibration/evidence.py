"""Which sentences say so: DREEAM's rule (Ma et al., 2023), a baseline, their F1, and its tuning."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.counts import f1
from extractor.schema import Mention, Span

Sentences = frozenset[int] | tuple[int, ...]
"""Indices of sentences of one document."""

THRESHOLDS = tuple(step / 40 for step in range(1, 21))
COOCCURRENCES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule:
    """Evidence = sentences with share + cooccurrence * (mentions both arguments) > threshold."""

    threshold: float = 0.2
    """DREEAM's."""
    cooccurrence: float = 0.0
    """What mentioning both arguments adds to a share; 0 gives DREEAM's rule."""

    def __post_init__(self) -> None:
        """Refuse what is no number, as a file may say anything."""
        if not math.isfinite(self.threshold) or not math.isfinite(self.cooccurrence):
            raise ValueError("an evidence rule needs two finite numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCase:
    """A triple: what its pair's attention says, and which sentences people marked."""

    shares: NDArray[np.float32]
    """(sentences,) from first_sentence on: share of the pair's context attention; may be empty.
    Sentences outside have a share of 0."""
    first_sentence: int
    """Of the window."""
    head_sentences: frozenset[int]
    """Those that mention the head, in the whole document."""
    tail_sentences: frozenset[int]
    gold: tuple[int, ...] = ()
    """Empty where nobody marked any, never 'no sentence'."""


def sentences_of(mentions: Sequence[Mention], sentences: Sequence[Span]) -> frozenset[int]:
    """Return the sentences that mentions begin in."""
    found = (
        bisect_right(sentences, mention.start, key=lambda sentence: sentence.start) - 1
        for mention in mentions
    )
    return frozenset(index for index in found if index >= 0)


def evidence_sentences(case: EvidenceCase, rule: EvidenceRule) -> tuple[int, ...]:
    """Return the evidence sentences; at least one mentions the head and at least one the tail."""
    scores = dict(enumerate(case.shares.tolist(), start=case.first_sentence))
    if rule.cooccurrence:
        for sentence in case.head_sentences & case.tail_sentences:
            scores[sentence] = scores.get(sentence, 0.0) + rule.cooccurrence
    chosen = {sentence for sentence, score in scores.items() if score > rule.threshold}
    for mentioned in (case.head_sentences, case.tail_sentences):
        if mentioned and not chosen & mentioned:
            chosen.add(max(mentioned, key=lambda n: (scores.get(n, 0.0), -n)))
    return tuple(sorted(chosen))


def cooccurrence_sentences(
    head_sentences: frozenset[int], tail_sentences: frozenset[int]
) -> tuple[int, ...]:
    """Return the baseline: the sentences that mention both, else all that mention either."""
    return tuple(sorted(head_sentences & tail_sentences or head_sentences | tail_sentences))


def evidence_counts(pairs: Iterable[tuple[Sentences, Sentences]]) -> tuple[int, int, int]:
    """Return sentences right, predicted and gold, for micro scores given gold triples.

    Args:
        pairs: (predicted, gold) sentences, one per gold triple; those without gold are left out,
            because nobody marked any.
    """
    right = predicted = gold = 0
    for found, marked in pairs:
        if marked:
            right += len(set(found) & set(marked))
            predicted += len(set(found))
            gold += len(set(marked))
    return right, predicted, gold


def rule_counts(cases: Sequence[EvidenceCase], rule: EvidenceRule) -> tuple[int, int, int]:
    """Return sentences right, predicted and gold of a rule over gold triples."""
    return evidence_counts((evidence_sentences(case, rule), case.gold) for case in cases)


def tune_evidence(
    cases: Sequence[EvidenceCase],
    *,
    thresholds: Sequence[float] = THRESHOLDS,
    cooccurrences: Sequence[float] = COOCCURRENCES,
    tolerance: float = 0.0,
) -> EvidenceRule:
    """Return the rule of a grid with the best evidence F1; the default rule if none beats it.

    Args:
        cases: gold triples of documents that are not scored later.
        thresholds: to choose from.
        cooccurrences: to choose from; (0.0,) tunes DREEAM's rule alone.
        tolerance: how much better than the default a rule must be, in F1 as a fraction of 1.
    """
    best = EvidenceRule()
    best_f1 = f1(*rule_counts(cases, best)) + tolerance
    for threshold, cooccurrence in product(thresholds, cooccurrences):
        rule = EvidenceRule(threshold=threshold, cooccurrence=cooccurrence)
        found = f1(*rule_counts(cases, rule))
        if found > best_f1:
            best, best_f1 = rule, found
    return best
