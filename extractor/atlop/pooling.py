"""Mentions -> entity vectors, entity pairs -> localized context (ATLOP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

Pooling = Literal["logsumexp", "mean", "max"]
BLOCK_ELEMENTS = 2**24
"""Largest number of attention weights of entity pairs held at a time (64 MiB in fp32)."""
ENLARGED = 16.0
"""Factor of attention before it is multiplied: fp16 rounds the products of weights around 1 / 512
to 0 or nearly so. A power of two, so that no other precision is changed by it."""


def share_of_mentions(entity_of_marker: Tensor, entities: int) -> Tensor:
    """Return each mention's share in its entity, (windows, entities, markers): 1 / mentions.

    Args:
        entity_of_marker: (windows, markers), padded with `entities`.
        entities: largest number of entities in a window.
    """
    index = torch.arange(entities, device=entity_of_marker.device)
    mine = (entity_of_marker[:, None, :] == index[None, :, None]).float()
    return mine / mine.sum(dim=-1, keepdim=True).clamp_min(1.0)


def entity_vectors(
    at_markers: Tensor, entity_of_marker: Tensor, entities: int, how: Pooling
) -> Tensor:
    """Return one vector for each entity, (windows, entities, width); zero where there is none.

    `logsumexp` over the mentions is equation 2; `mean` is what the paper compares it with, `max`
    what it smooths.

    Args:
        at_markers: (windows, markers, width), fp32.
        entity_of_marker: (windows, markers), padded with `entities`.
        entities: largest number of entities in a window.
        how: the kind of pooling.
    """
    if how == "mean":
        return share_of_mentions(entity_of_marker, entities) @ at_markers
    windows, _, width = at_markers.shape
    index = entity_of_marker[:, :, None].expand(-1, -1, width)
    lowest = at_markers.new_full((windows, entities + 1, width), float("-inf"))
    source = at_markers if how == "max" else at_markers.detach()
    largest = lowest.scatter_reduce(1, index, source, "amax")
    largest = largest.masked_fill(largest.isinf(), 0.0)  # rows that no mention fills
    if how == "max":
        return largest[:, :entities]
    total = torch.zeros_like(largest).scatter_add(
        1, index, (at_markers - largest.gather(1, index)).exp()
    )
    empty = total == 0
    pooled = largest + total.masked_fill(empty, 1.0).log()
    return pooled[:, :entities]


def entity_attention(attention: Tensor, entity_of_marker: Tensor, entities: int) -> Tensor:
    """Return each entity's attention A, the mean over its mentions ("Localized Context Pooling").

    Args:
        attention: (windows, heads, markers, pieces), fp32.
        entity_of_marker: (windows, markers).
        entities: largest number of entities in a window.

    Returns:
        (windows, pieces, entities, heads): pieces lead, as pairs are made for each piece.
    """
    windows, heads, markers, pieces = attention.shape
    by_marker = attention.transpose(1, 2).reshape(windows, markers, heads * pieces)
    mean = share_of_mentions(entity_of_marker, entities) @ by_marker
    return mean.view(windows, entities, heads, pieces).permute(0, 3, 1, 2)


def row_blocks(windows: int, pieces: int, entities: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of first entities whose pairs' attention stays below `BLOCK_ELEMENTS`.

    So the memory for pairs is bounded whatever the number of entities.
    """
    rows = max(1, min(entities, BLOCK_ELEMENTS // max(windows * pieces * entities, 1)))
    for start in range(0, entities, rows):
        yield start, min(start + rows, entities)


def context_attention(attention: Tensor, rows: tuple[int, int], content_mask: Tensor) -> Tensor:
    """Return the pairs' localized context attention a^(s,o), symmetric in the pair.

    q = sum over heads of A_first * A_second, without special tokens; a = q / sum(q). The sum over
    heads is a product of two small matrices for each piece, so nothing of the size pairs x heads
    x pieces is ever made.

    Args:
        attention: (windows, pieces, entities, heads), of `entity_attention`.
        rows: the range of first entities.
        content_mask: (windows, pieces), 0 at special tokens and padding.

    Returns:
        (windows, rows, entities, pieces), fp32, each summing to 1 (0 where nothing is shared).
    """
    attention = attention * ENLARGED  # a is the same for any factor
    joint = attention[:, :, rows[0] : rows[1]] @ attention.transpose(-1, -2)
    joint = joint.permute(0, 2, 3, 1) * content_mask[:, None, None, :]
    return joint / joint.sum(dim=-1, keepdim=True).clamp_min(1e-30)


def localized_context(weights: Tensor, hidden: Tensor) -> Tensor:
    """Return the localized context c^(s,o) = H^T a: (windows, rows, entities, width).

    Args:
        weights: (windows, rows, entities, pieces).
        hidden: (windows, pieces, width).
    """
    windows, rows, entities, pieces = weights.shape
    context = weights.reshape(windows, rows * entities, pieces) @ hidden
    return context.view(windows, rows, entities, -1)


def sentence_shares(weights: Tensor, sentence_of_piece: Tensor, sentences: int) -> Tensor:
    """Sum context attention by sentence, DREEAM's evidence score (Ma et al., 2023).

    Args:
        weights: (windows, rows, entities, pieces).
        sentence_of_piece: (windows, pieces), counted from the window's first; -1 is no sentence.
        sentences: number of sentences of the longest window.

    Returns:
        (windows, rows, entities, sentences), fp32.
    """
    index = torch.arange(sentences, device=weights.device)
    inside = (sentence_of_piece[:, :, None] == index).to(weights.dtype)
    with torch.autocast(weights.device.type, enabled=False):
        return localized_context(weights, inside)
