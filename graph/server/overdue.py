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

    def getClientAddress(self) -> object:
        """Return where its connection comes from."""

    def getElapsedMillis(self) -> int:
        """Return for how long it has been open."""

    def terminate(self, by: str) -> bool:
        """Tell it to end."""


class Overdue:
    """Looks at the queries that run, again and again.

    A query whose client takes a pause stays open when it was told to end, but its thread costs
    nothing; that of one that loops within an expression costs a processor. Nobody else's work is
    broken off for it, neither a query nor a commit, which is no query: the server is given up at
    the first look at which no other connection runs one, or has taken any time since the last.
    """

    def __init__(self, limits: Mapping[str, float]) -> None:
        self._limits = limits
        self._burnt: dict[str, float] = {}

    def endless(
        self, running: Iterable[Running], *, passed: float, taken: Mapping[str, float]
    ) -> bool:
        """Tell queries over their limit to end; return whether one has gone on for too long.

        Args:
            running: the queries at the server.
            passed: seconds since the last call.
            taken: seconds of processor time that connections took since then, by their addresses.
        """
        queries = list(running)
        over = [each for each in queries if each.getElapsedMillis() / 1000 > self._limit(each)]
        for each in over:
            each.terminate("the time limit of its account")
        addresses = {str(each.getClientAddress()) for each in over}
        burning = {each for each in addresses if taken.get(each, 0.0) > BURNING * passed}
        self._burnt = {each: self._burnt.get(each, 0.0) + passed for each in burning}
        working = {address for address, seconds in taken.items() if seconds > 0}
        alone = len(over) == len(queries) and working <= addresses
        return alone and any(burnt > PATIENCE_SECONDS for burnt in self._burnt.values())

    def _limit(self, query: Running) -> float:
        return self._limits.get(str(query.getUser()), float("inf"))
