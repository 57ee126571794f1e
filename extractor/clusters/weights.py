"""The learned numbers of clustering: how much each feature of a pair counts, by type."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FORMAT = "factloom-clustering-1"
SHIPPED = Path(__file__).with_name("weights.json")
MIXED = "mixed"
"""Of two groups of different types."""
OTHER = "MISC"
"""Stands for types that nothing was learned about ('Chemical')."""


@dataclass(frozen=True, kw_only=True)
class ClusteringWeights:
    """Log-odds of features."""

    by_type: Mapping[str, Mapping[str, float]]
    """Type of both groups, or `MIXED` -> feature -> log-odds."""
    trained_on: tuple[str, ...]
    """Titles of the documents that they were learned from."""

    def log_odds(self, one: str, other: str, features: Mapping[str, float]) -> float:
        """Return the log-odds that two groups of these types are one entity."""
        weights = self.by_type.get(kind_of(one, other), self.by_type.get(OTHER, {}))
        return sum(weights.get(name, 0.0) * value for name, value in features.items())

    @property
    def version(self) -> str:
        """Hash of all that changes a cluster."""
        text = json.dumps(self.by_type, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Write the weights."""
        content = {"format": FORMAT, **asdict(self)}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kind_of(one: str, other: str) -> str:
    """Return the key of the weights for two types."""
    return one if one == other else MIXED


@cache
def shipped_weights() -> ClusteringWeights:
    """Return the weights that come with Factloom."""
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    if content["format"] != FORMAT:
        raise ValueError(f"{SHIPPED} is of the format {content['format']}, expected {FORMAT}")
    return ClusteringWeights(by_type=content["by_type"], trained_on=tuple(content["trained_on"]))
