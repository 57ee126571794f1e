"""ATLOP as the paper's equations say it: loops, whole attention maps, whole outer products.

Whatever a switch adds is written here a second time, in the plainest way, from its description.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from extractor.atlop.features import Window
from extractor.atlop.loss import ATGL_ALPHA, HINGE, Loss
from extractor.atlop.model import Atlop
from extractor.encoder.encoder import blank_encoder

POOLED = {
    "logsumexp": lambda vectors: vectors.logsumexp(dim=0),
    "mean": lambda vectors: vectors.mean(dim=0),
    "max": lambda vectors: vectors.max(dim=0).values,
}
FARTHEST = 7
"""Distances from here on are one."""


@torch.no_grad()
def plain_logits(atlop: Atlop, window: Window) -> Tensor:
    """Return the logits of one window, (entities, entities, relations); the diagonal is zero."""
    config = atlop.config
    hidden, maps = _encode(atlop, window)
    entities = len(window.entities)
    vectors, attention = _entities(atlop, window, hidden, maps)
    logits = torch.zeros(entities, entities, config.relations)
    for head in range(entities):
        for tail in range(entities):
            if head != tail:
                context = _context_weights(window, attention[head], attention[tail]) @ hidden
                distance = min(_distance(window, head, tail), FARTHEST)
                logits[head, tail] = _pair_logits(
                    atlop, vectors[head], vectors[tail], context, distance
                )
    if config.threshold == "zero":
        logits[:, :, 0] = 0.0
    if config.reverse:
        margins = logits - logits[:, :, :1]
        for head in range(entities):
            for tail in range(entities):
                logits[head, tail] += margins[tail, head] @ atlop.reverse
    if config.threshold == "zero":
        logits[:, :, 0] = 0.0
    for entity in range(entities):
        logits[entity, entity] = 0.0
    return logits - atlop.shift * (1 - torch.eye(entities))[:, :, None]


@torch.no_grad()
def plain_shares(atlop: Atlop, window: Window) -> Tensor:
    """Return the context attention on each sentence, (entities, entities, sentences)."""
    hidden, maps = _encode(atlop, window)
    entities = len(window.entities)
    _, attention = _entities(atlop, window, hidden, maps)
    shares = torch.zeros(entities, entities, window.sentences)
    for head in range(entities):
        for tail in range(entities):
            weights = _context_weights(window, attention[head], attention[tail])
            for sentence, weight in zip(window.sentence_of_piece, weights, strict=True):
                if sentence >= 0:
                    shares[head, tail, sentence - window.first_sentence] += weight
    return shares


def _encode(atlop: Atlop, window: Window) -> tuple[Tensor, Tensor]:
    """Return hidden states (pieces, width) and the last layer's maps (heads, pieces, pieces).

    By transformers' own encoder and eager attention.
    """
    wrapped = atlop.encoder
    transformer: Any = blank_encoder(wrapped.config.to_diff_dict()).eval()
    transformer.load_state_dict(wrapped.transformer.state_dict())
    if transformer.config._attn_implementation != "eager":
        transformer.set_attn_implementation("eager")
    extra = _embeds_extra(atlop, window)
    transformer.get_input_embeddings().register_forward_hook(lambda _, __, out: out + extra)
    ids = torch.tensor([window.input_ids])
    output = transformer(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    return output.last_hidden_state[0], output.attentions[-1][0]


def _embeds_extra(atlop: Atlop, window: Window) -> Tensor:
    """Return what is added to the word embeddings, (pieces, width)."""
    extra = torch.zeros(len(window.input_ids), atlop.encoder.embedding_width)
    if atlop.config.markers == "dedicated":
        for place in window.markers:
            extra[place] += atlop.marker_vectors.weight[1]
        for place in window.closings:
            extra[place] += atlop.marker_vectors.weight[2]
    if atlop.config.entity_types:
        for place, name in zip(window.markers, window.types_of_markers, strict=True):
            extra[place] += atlop.marker_types.weight[_type(atlop, name)]
    return extra


def _type(atlop: Atlop, name: str) -> int:
    types = atlop.config.entity_types
    return types.index(name) + 1 if name in types else 0


def _entities(
    atlop: Atlop, window: Window, hidden: Tensor, maps: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Return each entity's vector (width,) and attention (heads, pieces)."""
    vectors, attention = [], []
    for entity, type_ in enumerate(window.types):
        places = _places(window, entity)
        # Equation 1; the attention of an entity is the mean over its mentions (section 3.3).
        vector = POOLED[atlop.config.pooling](torch.stack([hidden[place] for place in places]))
        if atlop.config.entity_types:
            vector = vector + atlop.types.weight[_type(atlop, type_)]
        vectors.append(vector)
        attention.append(torch.stack([maps[:, place] for place in places]).mean(dim=0))
    return vectors, attention


def _places(window: Window, entity: int) -> list[int]:
    owners = zip(window.markers, window.entity_of_marker, strict=True)
    return [place for place, owner in owners if owner == entity]


def _distance(window: Window, head: int, tail: int) -> int:
    """Return the smallest distance in sentences between mentions of two entities."""
    return min(
        abs(window.sentence_of_piece[one] - window.sentence_of_piece[other])
        for one in _places(window, head)
        for other in _places(window, tail)
    )


def _context_weights(window: Window, head: Tensor, tail: Tensor) -> Tensor:
    """Return a of equation 2, (pieces,), without the special tokens at both ends."""
    joint = (head * tail).sum(dim=0)
    joint[: window.content_start] = 0.0
    joint[window.content_end :] = 0.0
    return joint / joint.sum()


def _pair_logits(
    atlop: Atlop, head: Tensor, tail: Tensor, context: Tensor, distance: int
) -> Tensor:
    config = atlop.config
    source, target = atlop.head_entity(head), atlop.tail_entity(tail)
    if config.context == "localized":
        source, target = source + atlop.head_context(context), target + atlop.tail_context(context)
    if config.distances:
        source = source + atlop.distance_of_head.weight[distance]
        target = target + atlop.distance_of_tail.weight[distance]
    # Equations 3 and 4.
    source, target = torch.tanh(source), torch.tanh(target)
    # Equation 5: one linear layer over the joined outer products of all groups.
    block = len(source) if config.classifier == "bilinear" else config.block
    outer = torch.cat(
        [
            torch.outer(source[start : start + block], target[start : start + block]).flatten()
            for start in range(0, len(source), block)
        ]
    )
    return outer @ atlop.bilinear.weight.flatten(0, 1) + atlop.bilinear.bias


def plain_loss(logits: Tensor, labels: Tensor, kind: Loss) -> Tensor:
    """Return a loss from its formula, pair by pair; the first column of the labels is ignored."""
    total = torch.zeros((), dtype=logits.dtype)
    for row, gold in zip(logits, labels, strict=True):
        columns = range(1, len(row))
        positive = [column for column in columns if gold[column]]
        negative = [column for column in columns if not gold[column]]
        total = total + _PAIR_LOSSES[kind](row, positive, negative)
    return total / len(logits)


def _chance(row: Tensor, column: int, among: list[int]) -> Tensor:
    """Return the softmax of one column among some."""
    return row[column].exp() / sum(row[each].exp() for each in among)


def _sigmoid(value: Tensor) -> Tensor:
    return 1 / (1 + (-value).exp())


def _below_threshold(row: Tensor, negative: list[int]) -> Tensor:
    """Return L2 (equation 7)."""
    return -_chance(row, 0, [0, *negative]).log()


def _atl(row: Tensor, positive: list[int], negative: list[int]) -> Tensor:
    """Return L1 + L2 (equations 6 to 8)."""
    loss = _below_threshold(row, negative)
    for column in positive:
        loss = loss - _chance(row, column, [0, *positive]).log()
    return loss


def _sat(row: Tensor, positive: list[int], negative: list[int]) -> Tensor:
    loss = torch.zeros((), dtype=row.dtype)
    for column in positive:
        loss = loss - _sigmoid(row[column] - row[0]).log()
    for column in negative:
        loss = loss - _sigmoid(row[0] - row[column]).log()
    return loss


def _afl(row: Tensor, positive: list[int], negative: list[int]) -> Tensor:
    loss = _below_threshold(row, negative)
    for column in positive:
        chance = _sigmoid(row[column] - row[0])
        loss = loss - (1 + (1 - chance)) * chance.log()
    return loss


def _hinge_abl(row: Tensor, positive: list[int], negative: list[int]) -> Tensor:
    loss = torch.zeros((), dtype=row.dtype)
    for columns, sign in ((positive, 1), (negative, -1)):
        margins = [sign * (row[column] - row[0]) for column in columns]
        weights = [max(HINGE - float(margin), 0.0) for margin in margins]
        for weight, margin in zip(weights, margins, strict=True):
            if weight:
                loss = loss - weight / sum(weights) * _sigmoid(margin).log()
    return loss


def _atgl(row: Tensor, positive: list[int], negative: list[int]) -> Tensor:
    every = [0, *positive, *negative]
    gold = sum(_chance(row, column, every).log() for column in positive)
    return -(ATGL_ALPHA * gold + _chance(row, 0, every).log())


_PAIR_LOSSES = {
    "atl": _atl,
    "bce": _sat,
    "sat": _sat,
    "afl": _afl,
    "hinge_abl": _hinge_abl,
    "atgl": _atgl,
}
