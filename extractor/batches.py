"""Many items, some at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def weighed(
    items: Iterable[Item], weight: Callable[[Item], int], most: int, *, size: float = math.inf
) -> Iterator[list[Item]]:
    """Yield the items in lists of `size` and weight `most` at most; one that is heavier alone."""
    batch: list[Item] = []
    held = 0
    for item in items:
        added = weight(item)
        if batch and (len(batch) == size or held + added > most):
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += added
    if batch:
        yield batch
