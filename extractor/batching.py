"""Windows -> padded tensors, and windows grouped so that a batch's memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TypeVar

import torch
from torch import Tensor

from extractor.features import Window
from extractor.model import WindowBatch

T = TypeVar("T")


def collate(windows: Sequence[Window], *, pad_id: int) -> WindowBatch:
    """Return the windows as one batch with every unordered entity pair of each."""
    entities = max(len(window.entities) for window in windows)
    ids, mask = pad_pieces([window.input_ids for window in windows], pad_id)
    content = mask.clone()
    for row, window in zip(content, windows, strict=True):
        row[0] = row[len(window.input_ids) - 1] = 0
    pairs = [
        (index, first, second)
        for index, window in enumerate(windows)
        for first, second in combinations(range(len(window.entities)), 2)
    ]
    pair_window, first, second = torch.tensor(pairs, dtype=torch.long).T
    return WindowBatch(
        input_ids=ids,
        attention_mask=mask,
        content_mask=content.float(),
        markers=_padded([window.markers for window in windows], 0),
        entity_of_marker=_padded([window.entity_of_marker for window in windows], entities),
        entities=entities,
        pair_window=pair_window,
        first=first,
        second=second,
    )


def pair_counts(windows: Sequence[Window]) -> list[int]:
    """Return the number of unordered pairs of each window, in the order of `collate`."""
    return [len(window.entities) * (len(window.entities) - 1) // 2 for window in windows]


def pad_pieces(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Return ids and attention mask, (rows, pieces)."""
    ids = _padded(rows, pad_id)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, (torch.arange(ids.shape[1])[None, :] < lengths[:, None]).long()


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows], dtype=torch.long)


def by_length(items: Sequence[T], *, size: int, length: Callable[[T], int]) -> Iterator[list[int]]:
    """Yield the indices of `items` in groups of similar length, longest first."""
    order = sorted(range(len(items)), key=lambda index: -length(items[index]))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def halving(indices: Sequence[int], run: Callable[[Sequence[int]], None]) -> None:
    """Run a batch; when the device's memory is too small, run its halves instead.

    Raises:
        torch.OutOfMemoryError: a single item does not fit.
    """
    try:
        run(indices)
        return
    except torch.OutOfMemoryError:
        if len(indices) == 1:
            raise
    # Outside the handler: the error's traceback would keep the failed batch's tensors alive.
    torch.cuda.empty_cache()
    middle = len(indices) // 2
    halving(indices[:middle], run)
    halving(indices[middle:], run)
