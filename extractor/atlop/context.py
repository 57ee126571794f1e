"""The localized context of one entity pair, piece by piece: what the model sums up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from extractor.atlop import pooling
from extractor.atlop.collate import collate
from extractor.atlop.features import Features, Window
from extractor.atlop.model import Atlop


@dataclass(frozen=True, slots=True, kw_only=True)
class PairContext:
    """Where a pair's context comes from, in one window."""

    weights: NDArray[np.float32]
    """(pieces,) localized context attention a; sums to 1, 0 at special tokens."""
    piece_spans: tuple[tuple[int, int] | None, ...]
    """Code points of the text; None for special tokens and markers."""
    sentence_of_piece: tuple[int, ...]
    """Sentence of the document; -1 for special tokens and pieces outside any sentence."""

    def sentence_shares(self, sentences: int) -> NDArray[np.float64]:
        """Return the weight on each sentence of the document, (sentences,), markers included."""
        places = np.array(self.sentence_of_piece)
        inside = places >= 0
        shares = np.zeros(sentences)
        np.add.at(shares, places[inside], self.weights[inside])
        return shares


def pair_context(
    atlop: Atlop, features: Features, head: int, tail: int, *, pad_id: int
) -> PairContext | None:
    """Return the context of a pair in the first window that scores it; None where none does.

    Args:
        atlop: the model.
        features: the document's.
        head: index of an entity of the document.
        tail: index of another; the context is the same for both directions.
        pad_id: the tokenizer's padding.
    """
    wanted = tuple(sorted((head, tail)))
    for window in features.windows:
        for first, second in window.pairs:
            if (window.entities[first], window.entities[second]) == wanted:
                return _context(atlop, window, first, second, pad_id)
    return None


@torch.inference_mode()
def _context(atlop: Atlop, window: Window, first: int, second: int, pad_id: int) -> PairContext:
    device = next(atlop.parameters()).device
    batch = collate([window], pad_id=pad_id, entity_types=atlop.config.entity_types).to(device)
    _, at_markers = atlop.encode(batch)  # with whatever the model adds to the embeddings
    attention = pooling.entity_attention(
        at_markers, batch.entity_of_marker, entities=len(window.entities)
    )
    weights = pooling.context_attention(attention, (first, first + 1), batch.content_mask)
    return PairContext(
        weights=weights[0, 0, second].cpu().numpy(),
        piece_spans=tuple(span if span != (0, 0) else None for span in window.piece_spans),
        sentence_of_piece=window.sentence_of_piece,
    )
