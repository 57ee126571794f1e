from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.calibration.evidence import (
    EvidenceCase,
    EvidenceRule,
    cooccurrence_sentences,
    evidence_counts,
    evidence_sentences,
    rule_counts,
    tune_evidence,
)

DREEAM = EvidenceRule()


def case(
    *shares: float,
    head: set[int] | frozenset[int],
    tail: set[int] | frozenset[int],
    gold: tuple[int, ...] = (),
    first: int = 0,
) -> EvidenceCase:
    return EvidenceCase(
        shares=np.array(shares, dtype=np.float32),
        first_sentence=first,
        head_sentences=frozenset(head),
        tail_sentences=frozenset(tail),
        gold=gold,
    )


def chosen(of: EvidenceCase, rule: EvidenceRule = DREEAM) -> tuple[int, ...]:
    return evidence_sentences(of, rule)


SENTENCES = st.frozensets(st.integers(0, 5), min_size=1)
SHARES = st.lists(st.integers(0, 8).map(lambda n: n / 8), max_size=4)
RULES = st.builds(
    EvidenceRule, threshold=st.sampled_from([0.1, 0.2, 0.5]), cooccurrence=st.floats(0, 0.5)
)


@settings(deadline=None)
@given(SHARES, st.integers(0, 2), SENTENCES, SENTENCES, RULES)
def test_evidence_mentions_both_arguments_and_holds_all_above_the_threshold(
    shares: list[float], first: int, head: frozenset[int], tail: frozenset[int], rule: EvidenceRule
) -> None:
    found = set(chosen(case(*shares, head=head, tail=tail, first=first), rule))
    assert found & head
    assert found & tail
    above = {first + n for n, share in enumerate(shares) if share > rule.threshold}
    assert above <= found
    assert found <= above | head | tail


@settings(deadline=None)
@given(SHARES, SENTENCES, SENTENCES)
def test_without_cooccurrence_nothing_but_the_share_counts(
    shares: list[float], head: frozenset[int], tail: frozenset[int]
) -> None:
    above = {n for n, share in enumerate(shares) if share > DREEAM.threshold}
    found = set(chosen(case(*shares, head=head, tail=tail)))
    assert len(found - above) <= 2
    if above & head and above & tail:
        assert found == above


def test_a_sentence_with_both_arguments_needs_less_attention() -> None:
    pair = case(0.5, 0.1, 0.1, 0.3, head={0, 1, 2}, tail={0, 1})
    assert chosen(pair) == (0, 3)
    assert chosen(pair, EvidenceRule(threshold=0.2, cooccurrence=0.15)) == (0, 1, 3)
    assert chosen(pair, EvidenceRule(threshold=0.4, cooccurrence=0.15)) == (0,)


def test_both_arguments_count_outside_of_the_window_too() -> None:
    pair = case(0.5, 0.5, head={2, 7}, tail={3, 7}, first=2)
    assert chosen(pair, EvidenceRule(threshold=0.2, cooccurrence=0.3)) == (2, 3, 7)


def test_a_pair_that_no_window_shows_still_has_sentences() -> None:
    assert chosen(case(head={4, 1}, tail={3})) == (1, 3)


def test_the_baseline_prefers_sentences_with_both() -> None:
    assert cooccurrence_sentences(frozenset({0, 2}), frozenset({2, 3})) == (2,)
    assert cooccurrence_sentences(frozenset({0, 2}), frozenset({3})) == (0, 2, 3)


def test_labels_without_marked_sentences_are_not_counted() -> None:
    assert evidence_counts([((0, 1), (1, 2, 3)), ((0,), ()), ((5, 5), (5,))]) == (2, 3, 4)
    assert evidence_counts([]) == (0, 0, 0)
    wrong = case(0.9, 0.1, head={0}, tail={0}, gold=(1,))
    assert rule_counts([wrong, case(0.9, head={0}, tail={0})], DREEAM) == (0, 1, 1)


def test_the_rule_is_tuned_to_what_people_marked() -> None:
    # Marked: whatever has both arguments, and whatever has more than 0.4 of the attention.
    cases = [
        case(0.41, 0.3, 0.29, 0.0, head={0, 3}, tail={3}, gold=(0, 3)),
        case(0.36, 0.3, 0.34, 0.0, head={3}, tail={3}, gold=(3,)),
        case(0.1, 0.5, 0.1, 0.3, head={0, 1}, tail={0, 3}, gold=(0, 1)),
    ]
    tuned = tune_evidence(cases)
    assert [chosen(each, tuned) for each in cases] == [each.gold for each in cases]
    alone = tune_evidence(cases, cooccurrences=(0.0,))
    assert alone.cooccurrence == 0
    assert [chosen(each, alone) for each in cases] != [each.gold for each in cases]


@pytest.mark.parametrize("cases", [[], [case(0.9, 0.1, head={0}, tail={0}, gold=(0,))]])
def test_a_rule_that_cannot_be_beaten_stays(cases: list[EvidenceCase]) -> None:
    assert tune_evidence(cases) == DREEAM


def test_a_rule_must_beat_the_default_by_the_tolerance() -> None:
    cases = [case(0.3, 0.7, head={1}, tail={1}, gold=(1,))] * 9
    assert tune_evidence(cases).threshold != EvidenceRule().threshold
    assert tune_evidence(cases, tolerance=0.5) == EvidenceRule()
