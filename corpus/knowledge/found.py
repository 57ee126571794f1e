"""What a reader of a knowledge base finds, record by record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record of an entity, not yet checked."""

    place: str
    """'line 12'."""
    record: dict[str, Any]
    """As the file of entities has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A record that gives no entity."""

    place: str
    reason: str
    """The same words for all that is left out for one reason."""


Found = Entry | LeftOut
