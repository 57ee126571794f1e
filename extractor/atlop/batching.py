"""Windows -> padded tensors, in batches whose memory is bounded by tokens and by pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from extractor.atlop.features import Window
from extractor.atlop.model import WindowBatch


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


def collate(
    windows: Sequence[Window], *, pad_id: int, entity_types: Sequence[str] = ()
) -> WindowBatch:
    """Return the windows as one batch, its pairs in the order of the windows.

    Args:
        windows: at least one.
        pad_id: the tokenizer's padding.
        entity_types: types that the model knows; any other is 0, 'no type'.
    """
    entities = max(len(window.entities) for window in windows)
    known = {name: index for index, name in enumerate(entity_types, start=1)}
    ids, mask = pad_pieces([window.input_ids for window in windows], pad_id)
    sentences = [_from_the_first(window) for window in windows]
    content = torch.zeros(mask.shape)
    roles = torch.zeros_like(ids)
    for row, window in enumerate(windows):
        # Special tokens stand for no text and lie at the ends; markers lie inside.
        content[row, window.content_start : window.content_end] = 1.0
        roles[row, list(window.closings)] = 2
        roles[row, list(window.markers)] = 1
    pairs = np.concatenate(
        [
            np.column_stack((np.full(len(window.pairs), row), np.array(window.pairs)))
            for row, window in enumerate(windows)
        ]
    )
    pair_window, first, second = torch.from_numpy(pairs.T.copy())
    return WindowBatch(
        input_ids=ids,
        attention_mask=mask,
        content_mask=content,
        sentence_of_piece=_padded(sentences, -1),
        sentences=max(window.sentences for window in windows),
        marker_roles=roles,
        markers=_padded([window.markers for window in windows], 0),
        types_of_markers=_padded(
            [[known.get(name, 0) for name in window.types_of_markers] for window in windows], 0
        ),
        entity_of_marker=_padded([window.entity_of_marker for window in windows], entities),
        types=_padded([[known.get(name, 0) for name in window.types] for window in windows], 0),
        pair_window=pair_window,
        first=first,
        second=second,
        distances=torch.cat([sentence_distances(window) for window in windows]),
    )


def _from_the_first(window: Window) -> list[int]:
    """Return the sentence of each piece, counted from the window's first; -1 outside any."""
    first = window.first_sentence  # found by a look at all pieces
    return [place - first if place >= 0 else -1 for place in window.sentence_of_piece]


def sentence_distances(window: Window) -> Tensor:
    """Return the smallest number of sentences between two entities' mentions: (pairs,).

    0 is the same sentence.
    """
    owners = np.array(window.entity_of_marker)
    places = np.array(window.sentence_of_piece)[list(window.markers)]
    between = np.abs(places[:, None] - places)  # (markers, markers)
    nearest = np.full((len(window.entities), len(window.entities)), between.max())
    np.minimum.at(nearest, (owners[:, None], owners), between)
    first, second = np.array(window.pairs).T
    return torch.from_numpy(nearest[first, second])


def pad_pieces(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Return ids and attention mask, (rows, pieces)."""
    ids = _padded(rows, pad_id)
    lengths = torch.tensor([len(row) for row in rows])
    return ids, (torch.arange(ids.shape[1])[None, :] < lengths[:, None]).long()


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    width = max(len(row) for row in rows)
    padded = np.full((len(rows), width), fill, dtype=np.int64)
    for place, row in zip(padded, rows, strict=True):
        place[: len(row)] = row
    return torch.from_numpy(padded)


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


def nothing_more(owners: Sequence[int]) -> None:
    """Do nothing after a batch."""


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
