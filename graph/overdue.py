"""Which queries of readers are over their limit, and whether one goes on that was told to end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

BURNING = 0.25
"""Share of a processor that tells a query that goes on from one whose client reads no further."""
PATIENCE_SECONDS = 5.0
"""How long a query may go on after it was told to end."""


class Running(Protocol):
    """A query at the server."""

    def getUser(self) -> object:
        """Return whose it is."""

    def getElapsedMillis(self) -> int:
        """Return for how long it has been open."""

    def terminate(self, by: str) -> bool:
        """Tell it to end."""


class Overdue:
    """Looks at the queries that run, again and again.

    A query whose client takes a pause stays open when it was told to end, but costs nothing; one
    that loops within an expression costs a processor. Nobody's writing is broken off for it: the
    server is given up only where nothing but readers' queries runs.
    """

    def __init__(self, limits: Mapping[str, float]) -> None:
        self._limits = limits
        self._burnt = 0.0

    def endless(self, running: Iterable[Running], *, passed: float, taken: float) -> bool:
        """Tell queries over their limit to end; return whether one has gone on for too long.

        Args:
            running: the queries at the server.
            passed: seconds since the last call.
            taken: seconds of processor time that the server took since then.
        """
        queries = list(running)
        over = [each for each in queries if each.getElapsedMillis() / 1000 > self._limit(each)]
        for each in over:
            each.terminate("the time limit of its account")
        alone = all(str(each.getUser()) in self._limits for each in queries)
        burns = bool(over) and alone and taken > BURNING * passed
        self._burnt = self._burnt + passed if burns else 0.0
        return self._burnt > PATIENCE_SECONDS

    def _limit(self, query: Running) -> float:
        return self._limits.get(str(query.getUser()), float("inf"))
