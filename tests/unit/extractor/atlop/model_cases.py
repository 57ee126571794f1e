"""Texts and switches that ATLOP's tests share, and the way from a text to its logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.features import Window, build_features
from extractor.atlop.model import Atlop, PairScores
from tests.unit.extractor.annotated import annotated_document

SINGLE = "[Ada Lovelace|PER|0] was born in [London|LOC|1] in [1815|TIME|2]."
SEVERAL = (
    "[Marie Curie|PER|0] met [Pierre|PER|1] in [Paris|LOC|2]. They talked. [Curie|PER|0] and "
    "[her|PER|0] husband [Pierre Curie|PER|1] worked at the [University of Paris|ORG|3] with "
    "[Becquerel|PER|4]."
)
SHORT = "[Bonn|LOC|0] lies in [Germany|LOC|1]."
NESTED = "[Ann|PER|0] leads. " + SEVERAL.replace("[Paris|LOC|2]", "[Paris|UFO|2]")
"""Also a type that no model here knows."""
TYPES = ("LOC", "ORG", "PER")
SWITCHES: dict[str, dict[str, Any]] = {
    "paper": {},
    "dedicated": {"markers": "dedicated"},
    "off": {"markers": "off"},
    "mean": {"pooling": "mean"},
    "max": {"pooling": "max"},
    "no context": {"context": "none"},
    "bilinear": {"classifier": "bilinear"},
    "zero threshold": {"threshold": "zero"},
    "types": {"entity_types": TYPES},
    "distances": {"distances": True},
    "reverse": {"reverse": True},
    "bert": {
        "markers": "off",
        "pooling": "mean",
        "context": "none",
        "classifier": "bilinear",
        "threshold": "zero",
    },
    "factloom": {"entity_types": TYPES, "distances": True, "reverse": True},
    "dedicated and typed": {"markers": "dedicated", "entity_types": TYPES, "pooling": "max"},
    "zero and reverse": {"threshold": "zero", "reverse": True},
    "distances, no context": {"context": "none", "distances": True},
}


def windows_of(
    tokenizer: PreTrainedTokenizerBase,
    marked: str,
    *,
    order: Sequence[int] | None = None,
    max_pieces: int = 512,
    **options: Any,
) -> tuple[Window, ...]:
    document = annotated_document(marked)
    entities = [cluster.mentions for cluster in document.clusters or ()]
    return build_features(
        document.text,
        document.sentences,
        [entities[n] for n in order] if order else entities,
        tokenizer=tokenizer,
        max_pieces=max_pieces,
        **options,
    ).windows


def matrices(windows: Sequence[Window], output: PairScores) -> list[Tensor]:
    """Return each window's logits by (head, tail), as the reference gives them."""
    found = []
    for window, rows in zip(
        windows, output.logits.split([len(window.pairs) for window in windows]), strict=True
    ):
        entities = len(window.entities)
        matrix = torch.zeros(entities, entities, output.logits.shape[-1])
        first, second = torch.tensor(window.pairs).T
        matrix[first, second], matrix[second, first] = rows[:, 0], rows[:, 1]
        found.append(matrix)
    return found


@torch.no_grad()
def logits_of(atlop: Atlop, windows: Sequence[Window]) -> list[Tensor]:
    batch = collate(windows, pad_id=0, entity_types=atlop.config.entity_types)
    return matrices(windows, atlop(batch))
