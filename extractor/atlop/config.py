"""The switches and numbers that give ATLOP its shape."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from extractor.atlop.features import Markers
from extractor.atlop.pooling import Pooling

BLOCK = 64
"""Width of a group in the group bilinear, as in the published code."""

Context = Literal["localized", "none"]
Classifier = Literal["group_bilinear", "bilinear"]
Threshold = Literal["learned", "zero"]
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "markers": get_args(Markers),
    "pooling": get_args(Pooling),
    "context": get_args(Context),
    "classifier": get_args(Classifier),
    "threshold": get_args(Threshold),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlopConfig:
    """The switches and numbers that give ATLOP its shape; the defaults are the paper's model."""

    relations: int
    """Logit columns, TH included."""
    extractor_width: int = 384
    """Width of head and tail vectors; equal to the encoder's width, as in the paper."""
    block: int = BLOCK
    """Width of a group in the group bilinear; the paper's k is extractor_width / block."""
    markers: Markers = "star"
    pooling: Pooling = "logsumexp"
    context: Context = "localized"
    classifier: Classifier = "group_bilinear"
    threshold: Threshold = "learned"
    """`zero`: the logit of TH is the constant 0 (under binary cross-entropy), so that a margin is
    the relation's own logit."""
    entity_types: tuple[str, ...] = ()
    """Beyond the paper: types whose trained vectors are added to markers and entities."""
    distances: bool = False
    """Beyond the paper: a trained vector for the pair's distance in sentences."""
    reverse: bool = False
    """Beyond the paper: the weighted margins of (tail, head) add to the logits of (head, tail)."""

    def __post_init__(self) -> None:
        """Refuse a switch or a number that is none of its settings: a file may say anything."""
        for switch, settings in SWITCHES.items():
            if getattr(self, switch) not in settings:
                raise ValueError(f"{switch} is {getattr(self, switch)!r}, not one of {settings}")
        for size in ("relations", "extractor_width", "block"):
            if type(number := getattr(self, size)) is not int or number < 1:
                raise ValueError(f"{size} is {number!r}, no whole number above 0")


def block_of(width: int) -> int:
    """Return the group width for an encoder of any width."""
    return math.gcd(width, BLOCK)
