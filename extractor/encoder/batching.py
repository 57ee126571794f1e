"""Batches whose memory is bounded by tokens and by pairs, and padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much one batch may hold; a single window that is larger is a batch of its own."""

    tokens: int = 1024
    """Word pieces, padding included. A CPU wants what its cache holds; a GPU 16,384 and more."""
    pairs: int = 8192
    """Unordered entity pairs."""


DEFAULT_BUDGET = Budget()
AfterBatch = Callable[[Sequence[int]], None]
"""Told of each item of a batch that was run which document it belongs to."""


def pad_pieces(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Return ids and attention mask, (rows, pieces)."""
    ids = padded(rows, pad_id)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, (torch.arange(ids.shape[1])[None, :] < lengths[:, None]).long()


def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    """Return rows as long as the longest: (rows, length)."""
    width = max(len(row) for row in rows)
    filled = np.full((len(rows), width), fill, dtype=np.int64)
    for place, row in zip(filled, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(filled)


def within(
    budget: Budget, lengths: Sequence[int], pairs: Sequence[int] | None = None
) -> Iterator[list[int]]:
    """Yield the indices of items in batches of similar length, longest first.

    Args:
        budget: what a batch may hold.
        lengths: word pieces of each item.
        pairs: entity pairs of each item; without any, tokens alone decide.
    """
    batch: list[int] = []
    held = 0
    for index in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        more = pairs[index] if pairs is not None else 0
        tokens = lengths[batch[0] if batch else index] * (len(batch) + 1)
        if batch and (tokens > budget.tokens or held + more > budget.pairs):
            yield batch
            batch, held = [], 0
        batch.append(index)
        held += more
    if batch:
        yield batch


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
