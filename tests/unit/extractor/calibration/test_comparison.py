from __future__ import annotations

import numpy as np
import pytest

from extractor.calibration.comparison import DocumentTriples, paired_bootstrap


def counts(rate: float, *, seed: int, documents: int = 80) -> DocumentTriples:
    chance = np.random.default_rng(seed)
    gold = np.random.default_rng(9).integers(5, 40, documents)
    return np.stack([chance.binomial(gold, rate), gold, gold], axis=1)


def test_a_system_that_is_clearly_better_is_found_so() -> None:
    found = paired_bootstrap(counts(0.5, seed=1), counts(0.7, seed=2))
    assert 0.1 < found.low < found.mean < found.high < 0.3
    assert found.mean == pytest.approx(found.difference, abs=0.002)
    assert found.share_not_better == 0


def test_swapping_the_systems_turns_the_sign() -> None:
    a, b = counts(0.5, seed=1), counts(0.52, seed=2)
    one, other = paired_bootstrap(a, b), paired_bootstrap(b, a)
    assert (one.difference, one.low) == pytest.approx((-other.difference, -other.high))
    assert one.share_not_better + other.share_not_better == pytest.approx(1, abs=0.05)


def test_a_system_is_not_better_than_itself() -> None:
    a = counts(0.5, seed=1)
    found = paired_bootstrap(a, a)
    assert (found.difference, found.low, found.high, found.share_not_better) == (0, 0, 0, 1)


def test_pairing_removes_what_the_documents_do_to_both() -> None:
    chance = np.random.default_rng(0)
    gold = np.full(200, 20)
    shared = chance.integers(0, 19, 200)
    a, b = (np.stack([right, gold, gold], axis=1) for right in (shared, shared + 1))
    found = paired_bootstrap(a, b)
    assert found.low == pytest.approx(0.05)
    assert found.high == pytest.approx(0.05)
    alone = paired_bootstrap(a, np.random.default_rng(1).permutation(b))
    assert alone.high - alone.low > 0.05


def test_the_difference_is_that_of_micro_f1() -> None:
    a = np.array([[2, 4, 5], [0, 0, 3]])
    b = np.array([[2, 2, 5], [3, 4, 3]])
    assert paired_bootstrap(a, b).difference == pytest.approx(2 * 5 / (6 + 8) - 2 * 2 / (4 + 8))


def test_resamples_of_nothing_right_are_no_division_by_zero() -> None:
    nothing = np.zeros((3, 3), dtype=np.int64)
    assert paired_bootstrap(nothing, nothing).difference == 0


def test_the_draws_are_the_same_each_time() -> None:
    a, b = counts(0.5, seed=1), counts(0.52, seed=2)
    assert paired_bootstrap(a, b) == paired_bootstrap(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (np.ones((2, 3), dtype=np.int64), np.ones((3, 3), dtype=np.int64)),
        (np.zeros((0, 3), dtype=np.int64), np.zeros((0, 3), dtype=np.int64)),
        (np.array([[1, 1, 1]]), np.array([[1, 1, 2]])),
    ],
)
def test_other_documents_cannot_be_compared(a: DocumentTriples, b: DocumentTriples) -> None:
    with pytest.raises(ValueError, match="same documents"):
        paired_bootstrap(a, b)
