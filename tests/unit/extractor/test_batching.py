from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from extractor.batching import by_length, collate, halving, pad_pieces, pair_counts
from extractor.features import Window


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


@given(st.lists(st.integers(1, 99), max_size=30), st.integers(1, 8))
def test_groups_hold_every_item_once_longest_first(lengths: list[int], size: int) -> None:
    groups = list(by_length(lengths, size=size, length=int))
    order = [index for group in groups for index in group]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[index] for index in order] == sorted(lengths, reverse=True)
    assert all(len(group) == size for group in groups[:-1])


def test_padding_is_masked() -> None:
    ids, mask = pad_pieces([[5, 6, 7], [8]], 1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_collating_lists_each_unordered_pair_once() -> None:
    one = Window(
        input_ids=(2, 9, 9, 9, 3),
        sentence_of_piece=(-1, 0, 0, 0, -1),
        markers=(1, 2, 3),
        entity_of_marker=(0, 1, 2),
        entities=(0, 4, 7),
    )
    other = Window(
        input_ids=(2, 9, 9, 3),
        sentence_of_piece=(-1, 0, 0, -1),
        markers=(1, 2),
        entity_of_marker=(1, 0),
        entities=(1, 2),
    )
    batch = collate([one, other], pad_id=0)
    pairs = torch.stack((batch.pair_window, batch.first, batch.second), dim=1).tolist()
    assert pairs == [[0, 0, 1], [0, 0, 2], [0, 1, 2], [1, 0, 1]]
    assert pair_counts([one, other]) == [3, 1]
    assert batch.content_mask.tolist() == [[0, 1, 1, 1, 0], [0, 1, 1, 0, 0]]
    assert batch.entity_of_marker.tolist() == [[0, 1, 2], [1, 0, 3]]
    assert batch.entities == 3
