from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.parts.cluster_scores import ClusterScores, cluster_scores
from extractor.calibration.counts import Score, score_of

Clusters = list[set[str]]


def clusters(*written: str) -> Clusters:
    """Return one cluster of letters for each word."""
    return [set(word) for word in written]


def scored(found: Clusters, gold: Clusters) -> ClusterScores:
    return cluster_scores([found], [gold])


def test_bagga_and_baldwins_example() -> None:
    gold = clusters("12345", "67", "89abc")
    first = scored(clusters("12345", "6789abc"), gold)
    assert first.b3.precision == pytest.approx((5 + 7 * (4 / 49 + 25 / 49)) / 12)  # 76 %
    assert first.b3.recall == 1.0
    second = scored(clusters("1234589abc", "67"), gold)
    assert second.b3.precision == pytest.approx(7 / 12)  # 58 %
    assert second.b3.recall == 1.0


def test_luos_example_of_entity_alignment() -> None:
    gold = clusters("12345", "67", "89abc")
    found = scored(clusters("12345", "6789abc"), gold)
    total = 1.0 + 2 * 5 / (5 + 7)  # the second is aligned with the larger part
    assert found.ceaf_e.precision == pytest.approx(total / 2)
    assert found.ceaf_e.recall == pytest.approx(total / 3)


def test_one_cluster_for_all_mentions_of_the_reference_scorers_manual() -> None:
    """Key {a, b, c}, {d, e, f, g}; response {a, b}, {c, d}, {f, g, h, i} (Pradhan et al., 2014)."""
    found = scored(clusters("ab", "cd", "fghi"), clusters("abc", "defg"))
    assert found.b3.recall == pytest.approx((2 * 2 / 3 + 1 / 3 + 1 / 4 + 2 * 2 / 4) / 7)
    assert found.b3.precision == pytest.approx((2 * 2 / 2 + 2 * 1 / 2 + 2 * 2 / 4) / 8)
    assert found.ceaf_e.recall == pytest.approx((4 / 5 + 4 / 8) / 2)
    assert found.ceaf_e.precision == pytest.approx((4 / 5 + 4 / 8) / 3)
    assert found.exact.f1 == 0.0


def test_exact_clusters_are_counted_over_all_documents() -> None:
    found = cluster_scores(
        [clusters("ab", "c"), clusters("a", "b")], [clusters("ab", "c"), clusters("ab")]
    )
    assert found.exact == score_of(2 / 4, 2 / 3)


def test_the_alignment_is_the_best_one_not_the_greedy_one() -> None:
    """Taking the 3 shared mentions first would leave nothing to align with the second cluster."""
    found = scored(clusters("abcxy", "de"), clusters("abcde", "xy"))
    greedy, best = 2 * 3 / 10, 2 * 2 / 7 + 2 * 2 / 7
    assert greedy < best
    assert found.ceaf_e.recall == pytest.approx(best / 2)


def test_nothing_found_and_nothing_gold_score_0() -> None:
    nothing = Score(precision=0.0, recall=0.0, f1=0.0)
    for found in (scored([], clusters("a")), scored(clusters("a"), []), cluster_scores([], [])):
        assert found.b3 == found.ceaf_e == found.exact == nothing


@st.composite
def partitions(draw: st.DrawFn) -> Clusters:
    owners = draw(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 4)))
    return [{m for m, n in owners.items() if n == each} for each in sorted(set(owners.values()))]


@given(partitions(), partitions())
def test_scores_are_fractions_and_swapping_the_sides_swaps_precision_and_recall(
    one: Clusters, other: Clusters
) -> None:
    there, back = scored(one, other), scored(other, one)
    for name in ("b3", "ceaf_e", "exact"):
        forward, backward = getattr(there, name), getattr(back, name)
        assert forward.precision == pytest.approx(backward.recall)
        assert forward.recall == pytest.approx(backward.precision)
        assert -1e-9 <= forward.f1 <= 1 + 1e-9
        assert (forward.f1 == pytest.approx(1)) == (
            {frozenset(c) for c in one} == {frozenset(c) for c in other} != set()
        )


@given(partitions(), partitions())
def test_the_alignment_is_that_of_brute_force(found: Clusters, gold: Clusters) -> None:
    few, many = sorted((found, gold), key=len)
    best = max(
        (
            sum(2 * len(a & b) / (len(a) + len(b)) for a, b in zip(few, order, strict=True))
            for order in permutations(many, len(few))
        ),
        default=0.0,
    )
    assert scored(found, gold).ceaf_e.recall * len(gold) == pytest.approx(best if gold else 0.0)
