from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.training.recipe import Recipe, steps
from tests.unit.extractor.small import EPOCH, LENGTHS, RECIPE, STEPS


def test_every_epoch_uses_every_sample_once() -> None:
    plan = list(steps(LENGTHS, RECIPE))
    assert len(plan) == STEPS
    for start in range(0, STEPS, EPOCH):
        epoch = [n for parts in plan[start : start + EPOCH] for part in parts for n in part]
        assert sorted(epoch) == list(range(len(LENGTHS)))
    assert Counter(len(part) for (part,) in plan) == {2: 13 * 8, 1: 13}


def test_epochs_differ_and_the_seed_alone_decides_them() -> None:
    plan = list(steps(LENGTHS, RECIPE))
    assert plan == list(steps(LENGTHS, RECIPE))
    assert plan != list(steps(LENGTHS, replace(RECIPE, seed=1)))
    assert plan[:EPOCH] != plan[EPOCH : 2 * EPOCH]


def test_more_epochs_go_on_from_those_of_fewer() -> None:
    longer = list(steps(LENGTHS, replace(RECIPE, epochs=20)))
    assert longer[:STEPS] == list(steps(LENGTHS, RECIPE))


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 512), min_size=1, max_size=90),
    st.integers(1, 9),
    st.integers(1, 6),
)
def test_parts_of_a_step_are_the_step(lengths: list[int], size: int, accumulation: int) -> None:
    whole = Recipe(epochs=2, batch_size=size)
    plan = list(steps(lengths, replace(whole, accumulation=accumulation)))
    joined = [[n for part in parts for n in part] for parts in plan]
    assert joined == [part for (part,) in steps(lengths, whole)]
    for parts in plan:
        assert len(parts) <= accumulation
        assert all(0 < len(part) <= -(-size // accumulation) for part in parts)


def test_samples_of_a_step_have_similar_lengths() -> None:
    lengths = [n * 37 % 128 for n in range(256)]
    plan = list(steps(lengths, Recipe(epochs=1, batch_size=4)))
    spreads = [max(lengths[n] for n in part) - min(lengths[n] for n in part) for (part,) in plan]
    assert sum(spreads) / len(spreads) < 8  # 77 if they were drawn one by one
