"""What people said of edges and did not take back: what the graph must say of it in the end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.model.records import Correction

Triple = tuple[str, str, str]
Verdict = tuple[str, str]
"""When, and what: in the order of time."""


@dataclass(slots=True)
class Verdicts:
    """The verdicts that stand, each under the ids of today."""

    standing: dict[Triple, Verdict] = field(default_factory=dict)
    times: set[int] = field(default_factory=lambda: {0})
    """When verdicts were given: never two at once, as then nobody could tell which one holds."""

    def now(self) -> str:
        """Return a later time than ever before."""
        return self._at(max(self.times) + 1)

    def some_time(self, randomness: random.Random) -> str:
        """Return a time at which no other verdict was given, perhaps before others."""
        return self._at(randomness.choice(sorted({*range(max(self.times) + 9)} - self.times)))

    def give(self, edge: Triple, verdict: str, at: str) -> bool:
        """Remember a verdict, unless a newer one stands; return whether it counts."""
        before = self.standing.get(edge)
        if before and before[0] > at:
            return False
        self.standing[edge] = (at, verdict)
        return True

    def withdraw(self, edge: Triple) -> bool:
        """Take a verdict back; return whether there was one."""
        return self.standing.pop(edge, None) is not None

    def follow(self, merged: Mapping[str, str]) -> None:
        """Let verdicts follow ids that were merged into others."""
        before, self.standing = self.standing, {}
        for (head, relation, tail), (at, verdict) in before.items():
            edge = (merged.get(head, head), relation, merged.get(tail, tail))
            self.give(edge, verdict, at)

    def differences(self, stored: list[Correction]) -> list[str]:
        """Return where the graph's verdicts are others, one line each."""
        found = {(each.head, each.relation, each.tail): (each.at, each.verdict) for each in stored}
        return [
            f"verdict {edge}: {self.standing.get(edge)} -> {found.get(edge)}"
            for edge in sorted(found.keys() | self.standing.keys())
            if found.get(edge) != self.standing.get(edge)
        ]

    def _at(self, second: int) -> str:
        self.times.add(second)
        return time_of(second)


def time_of(second: int) -> str:
    """Return a time of which every second is another."""
    minutes, seconds = divmod(second, 60)
    return f"2026-03-01T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}Z"
