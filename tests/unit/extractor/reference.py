"""ATLOP as the paper's equations say it: loops, whole attention maps, whole outer products."""

from __future__ import annotations

import torch
from torch import Tensor

from extractor.features import Window
from extractor.model import Atlop


@torch.no_grad()
def plain_logits(atlop: Atlop, window: Window) -> Tensor:
    """Return the logits of one window, (entities, entities, relations); the diagonal is zero."""
    hidden, attention = _encode(atlop, torch.tensor([window.input_ids]))
    entities = len(window.entities)
    vectors, maps = [], []
    for entity in range(entities):
        places = [
            place
            for place, owner in zip(window.markers, window.entity_of_marker, strict=True)
            if owner == entity
        ]
        # Equation 1; the attention of an entity is the mean over its mentions (section 3.3).
        vectors.append(torch.stack([hidden[place] for place in places]).logsumexp(dim=0))
        maps.append(torch.stack([attention[:, place] for place in places]).mean(dim=0))
    logits = torch.zeros(entities, entities, atlop.config.relations)
    for head in range(entities):
        for tail in range(entities):
            if head != tail:
                logits[head, tail] = _pair_logits(
                    atlop, hidden, vectors[head], vectors[tail], maps[head], maps[tail]
                )
    return logits


def _encode(atlop: Atlop, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Return hidden states (pieces, width) and the last layer's maps (heads, pieces, pieces)."""
    transformer = atlop.encoder.transformer
    before = transformer.config._attn_implementation  # type: ignore[union-attr]
    transformer.set_attn_implementation("eager")  # type: ignore[operator]
    output = transformer(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    transformer.set_attn_implementation(before)  # type: ignore[operator]
    return output.last_hidden_state[0], output.attentions[-1][0]


def _pair_logits(
    atlop: Atlop, hidden: Tensor, head: Tensor, tail: Tensor, head_map: Tensor, tail_map: Tensor
) -> Tensor:
    # Equation 2, without the special tokens at both ends.
    joint = (head_map * tail_map).sum(dim=0)
    joint[0] = joint[-1] = 0.0
    context = (joint / joint.sum()) @ hidden
    # Equations 3 and 4.
    source = torch.tanh(atlop.head_entity(head) + atlop.head_context(context))
    object_ = torch.tanh(atlop.tail_entity(tail) + atlop.tail_context(context))
    # Equation 5: one linear layer over the joined outer products of all groups.
    block = atlop.config.block
    outer = torch.cat(
        [
            torch.outer(source[start : start + block], object_[start : start + block]).flatten()
            for start in range(0, len(source), block)
        ]
    )
    return outer @ atlop.bilinear.weight.flatten(0, 1) + atlop.bilinear.bias


def plain_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the adaptive-thresholding loss, pair by pair (equations 6 to 8)."""
    total = torch.zeros((), dtype=logits.dtype)
    for row, gold in zip(logits, labels, strict=True):
        columns = range(1, len(row))
        positive = [column for column in columns if gold[column]]
        negative = [column for column in columns if not gold[column]]
        for column in positive:
            total = total - (row[column] - row[[0, *positive]].logsumexp(dim=0))
        total = total - (row[0] - row[[0, *negative]].logsumexp(dim=0))
    return total / len(logits)
