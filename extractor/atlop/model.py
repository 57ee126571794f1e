"""ATLOP (Zhou et al., AAAI 2021): entity pairs of a document -> logits over TH and the relations.

Equations are the paper's; `docs/explanation/model.md` has each beside its place in the code. The
arrangement is the efficient one: attention only at the markers, the context of a pair computed once
for both directions, extractors split into an entity and a context part, and a group bilinear that
never holds the whole outer product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from extractor.atlop import pooling
from extractor.atlop.classifier import GroupBilinear
from extractor.atlop.config import AtlopConfig
from extractor.encoder.encoder import Encoder
from extractor.relations import THRESHOLD_COLUMN

PAIR_CHUNK = 1024
"""Unordered pairs whose head and tail vectors are held at a time in inference."""
DISTANCES = 8
"""Sentence distances told apart: 0, 1, ..., and 7 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBatch:
    """Windows padded to one length."""

    input_ids: Tensor
    """(windows, pieces)"""
    attention_mask: Tensor
    """(windows, pieces), 1 for a real piece."""
    content_mask: Tensor
    """(windows, pieces), 1 for a real piece that is not a special token."""
    sentence_of_piece: Tensor
    """(windows, pieces), counted from the window's first sentence; -1 outside any."""
    sentences: int
    """Sentences of the window that has most; at least 1."""
    marker_roles: Tensor
    """(windows, pieces): 1 where a mention is read, 2 where it closes, else 0."""
    markers: Tensor
    """(windows, markers), padded with 0."""
    types_of_markers: Tensor
    """(windows, markers), an index into the entity types from 1 on; 0 is no type."""
    entity_of_marker: Tensor
    """(windows, markers), padded with the largest number of entities."""
    types: Tensor
    """(windows, entities), as `types_of_markers`."""
    pair_window: Tensor
    """(pairs,)"""
    first: Tensor
    """(pairs,) the pair's smaller entity index in its window."""
    second: Tensor
    """(pairs,)"""
    distances: Tensor
    """(pairs,) sentences between the nearest mentions."""

    def to(self, device: torch.device) -> WindowBatch:
        """Return the batch with its tensors on a device."""
        values: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        moved: dict[str, Any] = {
            name: value.to(device, non_blocking=True) if isinstance(value, Tensor) else value
            for name, value in values.items()
        }
        return WindowBatch(**moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScores:
    """What ATLOP says of each unordered pair, in fp32."""

    logits: Tensor
    """(pairs, 2, relations): first -> second, then second -> first. From `margins`: minus TH."""
    sentence_shares: Tensor
    """(pairs, sentences) of the localized context attention, from the window's first sentence."""


class Atlop(nn.Module):
    """Adaptive thresholding and localized context pooling over a pretrained encoder."""

    def __init__(self, encoder: Encoder, config: AtlopConfig) -> None:
        super().__init__()
        self.encoder = encoder
        self.config = config
        width = config.extractor_width
        self.head_entity = nn.Linear(encoder.width, width)
        self.tail_entity = nn.Linear(encoder.width, width)
        if config.context == "localized":
            self.head_context = nn.Linear(encoder.width, width, bias=False)
            self.tail_context = nn.Linear(encoder.width, width, bias=False)
        block = width if config.classifier == "bilinear" else config.block
        self.bilinear = GroupBilinear(width, block, config.relations)
        if config.markers == "dedicated":
            self.marker_vectors = _zeros(3, encoder.embedding_width, padding=0)
        if config.entity_types:
            types = len(config.entity_types) + 1
            self.marker_types = _zeros(types, encoder.embedding_width, padding=0)
            self.types = _zeros(types, encoder.width, padding=0)
        if config.distances:
            self.distance_of_head = _zeros(DISTANCES, width)
            self.distance_of_tail = _zeros(DISTANCES, width)
        self.shift: Tensor
        self.register_buffer("shift", torch.zeros(config.relations))
        if config.reverse:
            self.reverse = nn.Parameter(torch.zeros(config.relations, config.relations))

    def forward(self, batch: WindowBatch) -> PairScores:
        """Return the logits of every pair of the batch."""
        return self._run(batch, margins=False)

    def margins(self, batch: WindowBatch) -> PairScores:
        """Return logits minus the logit of TH, exact near 0 also in reduced precision."""
        return self._run(batch, margins=True)

    def _run(self, batch: WindowBatch, *, margins: bool) -> PairScores:
        hidden, attention = self.encode(batch)
        entities = batch.types.shape[1]
        at_markers = hidden.gather(1, batch.markers[:, :, None].expand(-1, -1, hidden.shape[2]))
        vectors = pooling.entity_vectors(
            at_markers.float(), batch.entity_of_marker, entities, self.config.pooling
        )
        if self.config.entity_types:
            vectors = vectors + self.types(batch.types)
        context, shares = self._contexts(batch, hidden, attention, entities)
        head, tail = self.head_entity(vectors), self.tail_entity(vectors)
        margins = margins and self.config.threshold == "learned"
        chunks = torch.arange(len(batch.first), device=context.device).split(PAIR_CHUNK)
        logits = torch.cat(
            [
                self._classified(batch, chunk, head, tail, context[chunk], margins)
                for chunk in chunks
            ]
        )
        if self.config.reverse:
            logits = self._over_zero(logits + self._from_reverse(logits, margins=margins))
        return PairScores(logits=logits - self.shift, sentence_shares=shares)

    def _classified(
        self,
        batch: WindowBatch,
        chunk: Tensor,
        head: Tensor,
        tail: Tensor,
        context: Tensor,
        margins: bool,
    ) -> Tensor:
        """Return the logits of some pairs, (pairs of the chunk, 2, relations).

        Args:
            batch: what the pairs are of.
            chunk: which pairs.
            head: (windows, entities, width), W_s h_s.
            tail: (windows, entities, width), W_o h_o.
            context: (pairs of the chunk, encoder's width).
            margins: whether TH is subtracted.
        """
        window, first, second = (
            index[chunk] for index in (batch.pair_window, batch.first, batch.second)
        )
        head_context, tail_context = self._context_parts(batch.distances[chunk], context)
        # Equations 3 and 4 + context: z_s = tanh(W_s h_s + W_c1 c), z_o = tanh(W_o h_o + W_c2 c).
        one = torch.tanh(torch.cat((head[window, first], head[window, second])) + head_context)
        other = torch.tanh(torch.cat((tail[window, second], tail[window, first])) + tail_context)
        product = (self.bilinear.over_threshold if margins else self.bilinear)(one, other)
        return self._over_zero(torch.stack(product.chunk(2), dim=1))

    @torch.no_grad()
    def assert_above(self, thresholds: Sequence[float]) -> None:
        """Move the logits so that a margin above 0 is a margin above these thresholds before.

        Args:
            thresholds: (relations,) without TH.
        """
        self.shift[THRESHOLD_COLUMN + 1 :] += torch.tensor(thresholds, device=self.shift.device)

    def encode(self, batch: WindowBatch) -> tuple[Tensor, Tensor]:
        """Return hidden states (windows, pieces, width), and attention rows at the markers."""
        added = None
        if self.config.markers == "dedicated":
            added = self.marker_vectors(batch.marker_roles)
        if self.config.entity_types:
            typed = self.marker_types(batch.types_of_markers)
            places = batch.markers[:, :, None].expand_as(typed)
            base = typed.new_zeros(*batch.input_ids.shape, typed.shape[-1])
            typed = base.scatter_add(1, places, typed)
            added = typed if added is None else added + typed
        hidden, attention = self.encoder(
            batch.input_ids, batch.attention_mask, batch.markers, embeds_extra=added
        )
        assert attention is not None
        return hidden, attention

    def _contexts(
        self, batch: WindowBatch, hidden: Tensor, attention: Tensor, entities: int
    ) -> tuple[Tensor, Tensor]:
        """Return context (pairs, width) and sentence shares (pairs, sentences)."""
        attention = pooling.entity_attention(attention, batch.entity_of_marker, entities)
        contexts, shares, order = [], [], []
        blocks = list(pooling.row_blocks(hidden.shape[0], hidden.shape[1], entities))
        for start, end in blocks:
            weights = pooling.context_attention(attention, (start, end), batch.content_mask)
            chosen: Any = slice(None)
            if len(blocks) > 1:
                chosen = ((batch.first >= start) & (batch.first < end)).nonzero().squeeze(1)
                order.append(chosen)
            place = (batch.pair_window[chosen], batch.first[chosen] - start, batch.second[chosen])
            contexts.append(pooling.localized_context(weights, hidden)[place].float())
            share = pooling.sentence_shares(weights, batch.sentence_of_piece, batch.sentences)
            shares.append(share[place])
        back: Any = torch.cat(order).argsort() if order else slice(None)
        return torch.cat(contexts)[back], torch.cat(shares)[back]

    def _context_parts(self, distances: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Return what context and distance add to heads and tails: (2 * pairs, width) or a 0."""
        head = tail = context.new_zeros(())
        if self.config.context == "localized":
            head, tail = self.head_context(context), self.tail_context(context)
        if self.config.distances:
            bucket = distances.clamp_max(DISTANCES - 1)
            head, tail = head + self.distance_of_head(bucket), tail + self.distance_of_tail(bucket)
        if head.dim() == 0:
            return head, tail
        return head.repeat(2, 1), tail.repeat(2, 1)

    def _over_zero(self, logits: Tensor) -> Tensor:
        """Make the logit of TH the constant 0, if it is not learned."""
        if self.config.threshold == "learned":
            return logits
        return logits * (torch.arange(logits.shape[-1], device=logits.device) != THRESHOLD_COLUMN)

    def _from_reverse(self, logits: Tensor, *, margins: bool) -> Tensor:
        """Return what the margins of the opposite direction add, in fp32."""
        weight: Tensor = self.reverse
        if margins:
            weight = weight - weight[:, THRESHOLD_COLUMN, None]
        opposite = (logits - logits[..., THRESHOLD_COLUMN, None]).flip(1)
        with torch.autocast(logits.device.type, enabled=False):
            return opposite @ weight

    if TYPE_CHECKING:
        __call__ = forward


def _zeros(count: int, width: int, *, padding: int | None = None) -> nn.Embedding:
    """Return vectors that start at 0; the one of `padding` stays there."""
    embedding = nn.Embedding(count, width, padding_idx=padding)
    nn.init.zeros_(embedding.weight)
    return embedding
