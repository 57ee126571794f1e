from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import combinations, pairwise, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.atlop.collate import collate, sentence_distances
from extractor.atlop.features import Window
from extractor.encoder.batching import Budget, halving, pad_pieces, within


class Device:
    """A device whose memory holds so many items."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.batches: list[list[int]] = []

    def run(self, indices: Sequence[int]) -> None:
        if len(indices) > self.capacity:
            raise torch.OutOfMemoryError("out of memory")
        self.batches.append(list(indices))


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (7, [[3, 1, 4, 0, 5, 9, 2]]),
        (4, [[3, 1, 4], [0, 5, 9, 2]]),
        (1, [[3], [1], [4], [0], [5], [9], [2]]),
    ],
)
def test_a_batch_that_does_not_fit_is_halved_until_it_does(
    capacity: int, expected: list[list[int]]
) -> None:
    device = Device(capacity)
    halving([3, 1, 4, 0, 5, 9, 2], device.run)
    assert device.batches == expected


def test_one_item_that_does_not_fit_is_an_error() -> None:
    device = Device(0)
    with pytest.raises(torch.OutOfMemoryError):
        halving([1, 2], device.run)


def test_what_a_failed_batch_held_is_released_before_its_halves_run() -> None:
    class Held:
        alive = 0

        def __init__(self) -> None:
            Held.alive += 1

        def __del__(self) -> None:
            Held.alive -= 1

    def run(indices: Sequence[int]) -> None:
        assert Held.alive == 0
        held = Held()
        if len(indices) > 1:
            raise torch.OutOfMemoryError(f"out of memory with {held}")

    halving([1, 2, 3, 4], run)


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def run(indices: Sequence[int]) -> None:
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        halving([1, 2], run)


@settings(max_examples=200)
@given(
    items=st.lists(st.tuples(st.integers(1, 99), st.integers(1, 40)), max_size=30),
    tokens=st.integers(1, 300),
    pairs=st.integers(1, 100),
)
def test_batches_hold_every_item_once_within_the_budget(
    items: list[tuple[int, int]], tokens: int, pairs: int
) -> None:
    lengths, counts = [length for length, _ in items], [count for _, count in items]
    batches = list(within(Budget(tokens=tokens, pairs=pairs), lengths, counts))
    order = [index for batch in batches for index in batch]
    assert sorted(order) == list(range(len(items)))
    assert [lengths[index] for index in order] == sorted(lengths, reverse=True)

    def fits(batch: list[int]) -> bool:
        padded = len(batch) * max(lengths[index] for index in batch)
        return padded <= tokens and sum(counts[index] for index in batch) <= pairs

    assert all(fits(batch) or len(batch) == 1 for batch in batches)
    for batch, after in pairwise(batches):
        assert not fits([*batch, after[0]])  # no batch is smaller than it must be


def test_without_pairs_tokens_alone_decide() -> None:
    assert list(within(Budget(tokens=10, pairs=1), [5, 5, 5, 2])) == [[0, 1], [2, 3]]
    assert list(within(Budget(tokens=10), [])) == []


def test_an_oversized_item_is_a_batch_of_its_own() -> None:
    budget = Budget(tokens=10, pairs=3)
    assert list(within(budget, [50, 5, 5], [1, 1, 1])) == [[0], [1, 2]]
    assert list(within(budget, [5, 5, 5], [1, 9, 1])) == [[0], [1], [2]]


def test_padding_is_masked() -> None:
    ids, mask = pad_pieces([[5, 6, 7], [8]], 1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


ONE = Window(
    input_ids=(2, 9, 9, 9, 3),
    content_start=1,
    content_end=4,
    sentence_of_piece=(-1, 4, 4, 6, -1),
    piece_spans=((0, 0), (0, 3), (4, 7), (8, 9), (0, 0)),
    markers=(1, 2, 3),
    closings=(1, 2, 3),
    types_of_markers=("PER", "LOC", "UFO"),
    entity_of_marker=(0, 1, 2),
    entities=(0, 4, 7),
    types=("PER", "LOC", "UFO"),
    pairs=((0, 1), (1, 2)),
)
OTHER = Window(
    input_ids=(2, 2, 9, 9, 3, 3),  # special tokens of another tokenizer
    content_start=2,
    content_end=4,
    sentence_of_piece=(-1, -1, 0, 0, -1, -1),
    piece_spans=((0, 0), (0, 0), (0, 3), (4, 7), (0, 0), (0, 0)),
    markers=(2, 3),
    closings=(3, 3),
    types_of_markers=("LOC", "PER"),
    entity_of_marker=(1, 0),
    entities=(1, 2),
    types=("PER", "LOC"),
    pairs=((0, 1),),
)


def test_collating_pads_windows_and_lists_their_pairs() -> None:
    batch = collate([ONE, OTHER], pad_id=7, entity_types=("LOC", "PER"))
    assert batch.input_ids.tolist() == [[2, 9, 9, 9, 3, 7], [2, 2, 9, 9, 3, 3]]
    assert batch.attention_mask.tolist() == [[1, 1, 1, 1, 1, 0], [1] * 6]
    assert batch.content_mask.tolist() == [[0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0]]
    assert batch.sentence_of_piece.tolist() == [[-1, 0, 0, 2, -1, -1], [-1, -1, 0, 0, -1, -1]]
    assert batch.sentences == 3
    pairs = torch.stack((batch.pair_window, batch.first, batch.second), dim=1).tolist()
    assert pairs == [[0, 0, 1], [0, 1, 2], [1, 0, 1]]
    assert batch.markers.tolist() == [[1, 2, 3], [2, 3, 0]]
    assert batch.entity_of_marker.tolist() == [[0, 1, 2], [1, 0, 3]]
    assert batch.marker_roles.tolist() == [[0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 0, 0]]
    assert batch.distances.tolist() == [0, 2, 0]


def test_a_type_that_the_model_does_not_know_is_no_type() -> None:
    batch = collate([ONE, OTHER], pad_id=0, entity_types=("LOC", "PER"))
    assert batch.types.tolist() == [[2, 1, 0], [2, 1, 0]]
    assert batch.types_of_markers.tolist() == [[2, 1, 0], [1, 2, 0]]
    assert collate([ONE], pad_id=0).types.tolist() == [[0, 0, 0]]


def test_a_closing_marker_has_a_role_of_its_own() -> None:
    window = replace(
        ONE,
        input_ids=(2, *range(9, 15), 3),
        sentence_of_piece=(-1, *(0 for _ in range(6)), -1),
        markers=(1, 2, 4),
        closings=(3, 6, 5),
    )
    assert collate([window], pad_id=0).marker_roles.tolist() == [[0, 1, 1, 2, 1, 2, 2, 0]]


@given(st.data())
def test_a_distance_is_that_of_the_nearest_mentions(data: st.DataObject) -> None:
    entities = data.draw(st.integers(2, 6), label="entities")
    owners = data.draw(
        st.lists(st.integers(0, entities - 1), max_size=8)
        .map(lambda more: [*range(entities), *more])
        .flatmap(st.permutations),
        label="owners",
    )
    places = st.lists(st.integers(-1, 9), min_size=len(owners), max_size=len(owners))
    sentences = data.draw(places, label="sentences")
    pairs = data.draw(
        st.lists(st.sampled_from([*combinations(range(entities), 2)]), min_size=1, unique=True),
        label="pairs",
    )
    window = replace(
        ONE,
        input_ids=(2, *(9 for _ in sentences), 3),
        sentence_of_piece=(-1, *sentences, -1),
        markers=tuple(range(1, len(sentences) + 1)),
        entity_of_marker=tuple(owners),
        entities=tuple(range(entities)),
        pairs=tuple(pairs),
    )
    nearest = dict.fromkeys(pairs, 99)
    for one, other in product(range(len(sentences)), repeat=2):
        pair = (owners[one], owners[other])
        if pair in nearest:
            nearest[pair] = min(nearest[pair], abs(sentences[one] - sentences[other]))
    distances = sentence_distances(window)
    assert distances.dtype == torch.int64
    assert distances.tolist() == list(nearest.values())


def test_a_batch_moves_to_a_device_whole() -> None:
    batch = collate([ONE, OTHER], pad_id=0)
    moved = batch.to(torch.device("meta"))
    for each in fields(batch):
        value = getattr(moved, each.name)
        assert value.device.type == "meta" if isinstance(value, torch.Tensor) else value == 3
