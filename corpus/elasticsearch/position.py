"""How far a source has been read, as the text that the graph keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.elasticsearch.shards import Copy, Reached, anew

_NO_COPY = Copy(node="", started=0, term=0)


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
        kept: dict[str, Any] = {"reading": reading}
        if self.shards:
            kept["copies"] = {key: _dumped(reached) for key, reached in self.shards.items()}
        if self.time is not None:
            kept["time"] = self.time
        return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def position_of(text: str, reading: str) -> Position:
    """Return a kept position; the empty one where the source was read otherwise then.

    Version 0.1 kept "shards", which told nothing of the copies: those are read anew, once.
    """
    kept = json.loads(text) if text else {}
    if kept.get("reading") != reading:
        return Position()
    shards = {key: anew(_NO_COPY) for key in kept.get("shards", ())}
    shards |= {key: _loaded(copy) for key, copy in kept.get("copies", {}).items()}
    return Position(shards=shards, time=kept.get("time"))


def _dumped(reached: Reached) -> list[Any]:
    copy = reached.copy
    return [reached.number, reached.first, [copy.node, copy.started, copy.term], dict(reached.last)]


def _loaded(kept: list[Any]) -> Reached:
    number, first, (node, started, term), last = kept
    copy = Copy(node=node, started=started, term=term)
    seals = {int(number): seal for number, seal in last.items()}
    return Reached(number=number, first=first, copy=copy, last=seals)


def fingerprint(*parts: object) -> str:
    """Return a short hash of how a source is read."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
