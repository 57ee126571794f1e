"""Whether a run looks like the runs before it: three figures against their usual values. Pure.

A figure is far off when it differs from the median of earlier runs by more than

    max(DEVIATIONS * 1.4826 * MAD, floor * max(1, sqrt(FULL_RUN / documents)))

where MAD is their median absolute deviation: 1.4826 of it is the standard deviation of a normal
distribution (Rousseeuw and Croux, 1993), and up to half of the runs may be outliers. The floor
keeps runs that are nearly alike from making the rule too strict, and widens for a small run, whose
figures vary by chance. Only runs of one source and one checkpoint are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

RUNS = 14
"""Earlier runs that a figure is compared with, at most."""
MIN_RUNS = 5
LEAST = 20
"""A run of fewer documents is neither judged nor compared with, and a mean of fewer is none."""
FULL_RUN = 100
"""Documents from which on the floors hold as they are."""
DEVIATIONS = 5.0
CONSISTENCY = 1.4826

StoredCounts = Mapping[str, int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a figure may always differ by: a part of its usual value, and an absolute part."""

    share: float = 0.0
    absolute: float = 0.0

    def around(self, usual: float) -> float:
        """Return the floor at a usual value."""
        return self.share * abs(usual) + self.absolute


RATIOS = {
    "triples per document": ("statements", "processed"),
    "mean margin": ("margin_sum", "statements"),
    "NIL share": ("entities_nil", "entities_linked", "entities_nil"),
}
"""Of each figure the count that is divided, and those that together divide it."""
FLOORS = {
    "triples per document": Floor(share=0.2),
    "mean margin": Floor(share=0.1),
    "NIL share": Floor(absolute=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One figure of a run, and the same figure of earlier runs."""

    name: str
    now: float | None
    """None where it rests on too little: a few statements have no mean margin."""
    earlier: tuple[float, ...]
    """The oldest first."""
    usual: float | None = None
    """Their median; None where there are too few to judge."""
    allowed: float = 0.0
    """How far from the median is not far off."""

    @property
    def far_off(self) -> bool:
        """Tell whether the figure differs from the usual by more than is allowed."""
        if self.now is None or self.usual is None:
            return False
        return abs(self.now - self.usual) > self.allowed

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value that are not far off; no figure is below 0."""
        usual = self.usual or 0.0
        return max(0.0, usual - self.allowed), usual + self.allowed

    def describe(self) -> str:
        """Return the figure beside its usual values: 'NIL share 0.93, usually 0.41 to 0.61'."""
        now = "none" if self.now is None else f"{self.now:.2f}"
        if self.usual is None:
            return f"{self.name} {now}"
        low, high = self.bounds
        return f"{self.name} {now}, usually {low:.2f} to {high:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A run beside the runs before it."""

    documents: int
    figures: tuple[Watched, ...]
    unjudged: str = ""
    """Why nothing could be judged; empty where it could."""

    @property
    def alarms(self) -> tuple[Watched, ...]:
        """The figures that are far off."""
        return tuple(each for each in self.figures if each.far_off)


def figures(counts: StoredCounts) -> dict[str, float]:
    """Return the figures of a run; what rests on too little is missing."""
    found = {}
    for name, (over, *under) in RATIOS.items():
        below = sum(counts.get(each, 0) for each in under)
        if over in counts and below >= LEAST:
            found[name] = counts[over] / below
    return found


def drift_of(counts: StoredCounts, earlier: Sequence[StoredCounts]) -> Drift:
    """Return a run beside earlier ones.

    Args:
        counts: of the run: `processed`, `statements`, `margin_sum`, `entities_linked`,
            `entities_nil`.
        earlier: of runs of the same source and checkpoint, the newest first.
    """
    large = [each for each in earlier if each.get("processed", 0) >= LEAST][:RUNS]
    documents = int(counts.get("processed", 0))
    unjudged = ""
    if documents < LEAST:
        unjudged = f"{documents} documents are too few to judge: {LEAST} are needed"
    elif len(large) < MIN_RUNS:
        unjudged = (
            f"{MIN_RUNS} earlier runs of this source and checkpoint with {LEAST} documents or more "
            f"are needed, and {len(large)} found"
        )
    now, before = figures(counts), [figures(each) for each in reversed(large)]
    watched = [
        Watched(
            name=name,
            now=now.get(name),
            earlier=tuple(each[name] for each in before if name in each),
        )
        for name in FLOORS
    ]
    if not unjudged:
        watched = [_compared(each, documents) for each in watched]
    return Drift(documents=documents, figures=tuple(watched), unjudged=unjudged)


def _compared(watched: Watched, documents: int) -> Watched:
    if len(watched.earlier) < MIN_RUNS:
        return watched
    usual = median(watched.earlier)
    spread = CONSISTENCY * median(abs(each - usual) for each in watched.earlier)
    floor = FLOORS[watched.name].around(usual) * max(1.0, sqrt(FULL_RUN / documents))
    return Watched(
        name=watched.name,
        now=watched.now,
        earlier=watched.earlier,
        usual=usual,
        allowed=max(DEVIATIONS * spread, floor),
    )
