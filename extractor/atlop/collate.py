"""Windows -> padded tensors, as the model reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from extractor.atlop.features import Window
from extractor.atlop.model import WindowBatch
from extractor.encoder.batching import pad_pieces, padded


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
        sentence_of_piece=padded(sentences, -1),
        sentences=max(window.sentences for window in windows),
        marker_roles=roles,
        markers=padded([window.markers for window in windows], 0),
        types_of_markers=padded(
            [[known.get(name, 0) for name in window.types_of_markers] for window in windows], 0
        ),
        entity_of_marker=padded([window.entity_of_marker for window in windows], entities),
        types=padded([[known.get(name, 0) for name in window.types] for window in windows], 0),
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
