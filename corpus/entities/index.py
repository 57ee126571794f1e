"""The entity index: which entities a name may stand for.

It is built from a file of entities (`file`), holds each by its surface forms, the name and
each alias, under keys of our own making (`keys`), and answers by one procedure
(`lookup`): so every backend gives the same candidates in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.source import Skipped
from extractor.schema import Candidate, NameIndex

INDEX_FORMAT = "5"
"""Part of every index's version: raise it when the same file must give another index."""


class EntityIndex(NameIndex, Protocol):
    """Entities by name and by id."""

    @property
    def version(self) -> str:
        """Hash of the contents: equal versions give equal answers, on any backend."""
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids that the index has, each under the id asked for.

        An id that the knowledge base has merged into another gives the entity that has it among
        its `former_ids`: the best known one, where several have.
        """
        ...

    def close(self) -> None:
        """Close what it holds open of its own."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What building an entity index did."""

    version: str
    entities: int
    rebuilt: bool
    """False: the index was already built from the same contents, and nothing was touched."""
    skipped: tuple[Skipped, ...] = ()
    """Records that are no entities; told when the index is rebuilt."""


Progress = Callable[[int, int], None]
"""Told how many entities of about how many are done."""


def unseen(done: int, total: int) -> None:
    """Show nobody the progress."""
