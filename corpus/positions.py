"""How far a source has been read, as the text that the graph keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.shards import Reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a source has been read; the empty one: not at all."""

    shards: Mapping[str, Reached] = field(default_factory=dict)
    """By key, where operations are followed by their numbers."""
    time: int | None = None
    """Milliseconds since 1970, where documents are followed by their times."""

    def dump(self, reading: str) -> str:
        """Return the position as text.

        Args:
            reading: Fingerprint of how the source is read.
        """
        told: dict[str, Any] = {"reading": reading}
        if self.shards:
            told["shards"] = {
                key: [reached.number, reached.first] for key, reached in self.shards.items()
            }
        if self.time is not None:
            told["time"] = self.time
        return json.dumps(told, sort_keys=True, separators=(",", ":"))


def position_of(text: str, reading: str) -> Position:
    """Return a kept position; the empty one where the source was read otherwise then."""
    told = json.loads(text) if text else {}
    if told.get("reading") != reading:
        return Position()
    shards = {
        key: Reached(number=number, first=first)
        for key, (number, first) in told.get("shards", {}).items()
    }
    return Position(shards=shards, time=told.get("time"))


def fingerprint(*parts: object) -> str:
    """Return a short hash of how a source is read."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
