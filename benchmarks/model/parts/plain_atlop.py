"""ATLOP as its paper tells it, with loops and whole tensors: what the efficient path is held to.

Written from the paper and from what is known of the published code's costs, never from that code:
eager attention with the maps of every layer kept, Python loops over documents, entities and
mentions, heads' and tails' attention side by side for every ordered pair, linear layers over
[entity; context], the whole outer product, dense labels and dense predictions.
As in the efficient path (and unlike the published code) special tokens give no context.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from extractor.atlop.config import AtlopConfig
from extractor.atlop.features import Window
from extractor.atlop.model import Atlop
from extractor.encoder.batching import pad_pieces
from extractor.encoder.encoder import blank_encoder
from extractor.relations import THRESHOLD_COLUMN
from extractor.training.relations import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDocument:
    """A document of one window, as lists."""

    input_ids: tuple[int, ...]
    content: tuple[int, int]
    """The first piece that is no special token, and the first after it that is one again."""
    mentions: list[list[int]]
    """For each entity the positions at which its mentions are read."""
    pairs: list[tuple[int, int]]
    """Ordered pairs (head, tail): of each unordered pair both ways, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainBatch:
    """Documents padded to the longest."""

    documents: Sequence[PlainDocument]
    input_ids: Tensor
    """(documents, pieces)"""
    attention_mask: Tensor
    """(documents, pieces), 1 for a real piece."""


def plain_document(window: Window) -> PlainDocument:
    """Return a window as the plain path takes it."""
    mentions: list[list[int]] = [[] for _ in window.entities]
    for position, owner in zip(window.markers, window.entity_of_marker, strict=True):
        mentions[owner].append(position)
    return PlainDocument(
        input_ids=window.input_ids,
        content=(window.content_start, window.content_end),
        mentions=mentions,
        pairs=[pair for one, other in window.pairs for pair in ((one, other), (other, one))],
    )


def plain_batch(
    documents: Sequence[PlainDocument], *, pad_id: int, device: torch.device
) -> PlainBatch:
    """Pad documents to the longest of them."""
    ids, mask = pad_pieces([document.input_ids for document in documents], pad_id)
    return PlainBatch(documents=documents, input_ids=ids.to(device), attention_mask=mask.to(device))


def plain_labels(sample: Sample, relations: int) -> list[list[int]]:
    """Return a row of 0 and 1 for each ordered pair, TH included."""
    labels = [[0] * relations for _ in range(2 * len(sample.window.pairs))]
    for row, way, column in sample.labels.tolist():
        labels[2 * row + way][column] = 1
    return labels


class PlainAtlop(nn.Module):
    """The same weights as an `Atlop` with the paper's switches, arranged as the paper writes them.

    Raises:
        ValueError: the model has a switch that the paper does not know.
    """

    def __init__(self, atlop: Atlop) -> None:
        super().__init__()
        config = atlop.config
        paper = AtlopConfig(
            relations=config.relations, extractor_width=config.extractor_width, block=config.block
        )
        if config != paper:
            raise ValueError(f"the plain path knows the paper's switches only, not {config}")
        self.block = config.block
        encoder = atlop.encoder
        self.transformer = blank_encoder(encoder.config.to_dict())
        self.transformer.load_state_dict(encoder.transformer.state_dict())
        self.transformer.set_attn_implementation("eager")  # type: ignore[operator]
        for name, value in encoder.transformer.named_parameters():
            self.transformer.get_parameter(name).requires_grad_(value.requires_grad)
        self.reserved_positions = encoder._reserved_positions
        self.head = _joined(atlop.head_entity, atlop.head_context)
        self.tail = _joined(atlop.tail_entity, atlop.tail_context)
        self.classifier = nn.Linear(config.extractor_width * config.block, config.relations)
        with torch.no_grad():
            self.classifier.weight.copy_(atlop.bilinear.weight.flatten(0, 1).T)
            self.classifier.bias.copy_(atlop.bilinear.bias - atlop.shift)
        self.train(atlop.training)

    def forward(self, batch: PlainBatch) -> Tensor:
        """Return the logits of every ordered pair of the batch, (pairs, relations)."""
        hidden, attention = self._encode(batch)
        heads, tails, contexts = [], [], []
        for row, document in enumerate(batch.documents):
            vectors, maps = self._entities(document, hidden[row], attention[row])
            head, tail = torch.tensor(document.pairs, device=hidden.device).T
            heads.append(vectors.index_select(0, head))
            tails.append(vectors.index_select(0, tail))
            # Localized context: two entities' attention, multiplied and averaged over heads.
            joint = (maps.index_select(0, head) * maps.index_select(0, tail)).mean(dim=1)
            joint = joint * self._content(document, hidden)
            weights = joint / joint.sum(dim=1, keepdim=True).clamp_min(1e-30)
            contexts.append(torch.einsum("pl,ld->pd", weights, hidden[row]))
        context = torch.cat(contexts)
        # Equations 3 and 4.
        head = torch.tanh(self.head(torch.cat((torch.cat(heads), context), dim=1)))
        tail = torch.tanh(self.tail(torch.cat((torch.cat(tails), context), dim=1)))
        # Group bilinear: one linear layer over the outer products of all groups.
        groups = (len(head), -1, self.block)
        outer = head.view(groups)[:, :, :, None] * tail.view(groups)[:, :, None, :]
        logits: Tensor = self.classifier(outer.flatten(1))
        return logits.float()

    def _encode(self, batch: PlainBatch) -> tuple[Tensor, Tensor]:
        """Return hidden states (documents, pieces, width), and the last layer's attention maps."""
        asked: dict[str, Any] = {}
        if self.reserved_positions:
            real = batch.attention_mask
            asked["position_ids"] = real.cumsum(dim=1) * real + self.reserved_positions - 1
        output = self.transformer(
            input_ids=batch.input_ids,
            attention_mask=batch.attention_mask,
            output_attentions=True,
            **asked,
        )
        return output.last_hidden_state, output.attentions[-1]

    def _entities(
        self, document: PlainDocument, hidden: Tensor, attention: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return vectors (entities, width) and attention (entities, heads, pieces).

        Args:
            document: where its entities are mentioned.
            hidden: (pieces, width).
            attention: (heads, pieces, pieces).
        """
        vectors, maps = [], []
        for positions in document.mentions:
            at_mentions = [hidden[position] for position in positions]
            rows = [attention[:, position] for position in positions]
            vectors.append(torch.logsumexp(torch.stack(at_mentions), dim=0))  # equation 2
            maps.append(torch.stack(rows).mean(dim=0))
        return torch.stack(vectors), torch.stack(maps)

    def _content(self, document: PlainDocument, hidden: Tensor) -> Tensor:
        mask = torch.zeros(hidden.shape[1], device=hidden.device)
        mask[document.content[0] : document.content[1]] = 1.0
        return mask

    if TYPE_CHECKING:
        __call__ = forward


def predictions(logits: Tensor) -> Tensor:
    """Return what is asserted, dense: (pairs, relations) of 0 and 1; TH where nothing else is."""
    asserted = (logits > logits[:, THRESHOLD_COLUMN, None]).float()
    asserted[:, THRESHOLD_COLUMN] = (asserted.sum(dim=1) == 0).float()
    return asserted


def _joined(entity: nn.Linear, context: nn.Linear) -> nn.Linear:
    """Return one layer over [entity; context] for two that are added."""
    joined = nn.Linear(entity.in_features + context.in_features, entity.out_features)
    with torch.no_grad():
        joined.weight.copy_(torch.cat((entity.weight, context.weight), dim=1))
        joined.bias.copy_(entity.bias)
    return joined
