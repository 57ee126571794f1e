"""What extractions hold, in figures that add up and stay of constant size. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from extractor.schema import Extraction

MARGIN_BINS = 11
"""Bins of the histogram of margins: [0, 1), [1, 2) ... [9, 10), and all from 10 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Entities and margins of documents; an entity counts once in each document that names it."""

    linked: int = 0
    nil: int = 0
    """Entities that are not linked, times and numbers among them."""
    margin_sum: float = 0.0
    margins: tuple[int, ...] = (0,) * MARGIN_BINS
    """Statements by margin; all margins are of one checkpoint."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason -> further statements, which the types of their entities rule out."""

    def __add__(self, other: Findings) -> Findings:
        """Return what both hold."""
        return Findings(
            linked=self.linked + other.linked,
            nil=self.nil + other.nil,
            margin_sum=self.margin_sum + other.margin_sum,
            margins=tuple(map(sum, zip(self.margins, other.margins, strict=True))),
            rejected=Counter(self.rejected) + Counter(other.rejected),
        )


def findings(extractions: Iterable[Extraction]) -> Findings:
    """Return what extractions of one checkpoint hold."""
    linked = nil = 0
    margin_sum = 0.0
    margins = [0] * MARGIN_BINS
    rejected: Counter[str] = Counter()
    for extraction in extractions:
        known = sum(entity.linked for entity in extraction.entities)
        linked += known
        nil += len(extraction.entities) - known
        rejected.update(extraction.rejected)
        for statement in extraction.statements:
            margin_sum += statement.margin
            margins[min(int(statement.margin), MARGIN_BINS - 1)] += 1
    return Findings(
        linked=linked,
        nil=nil,
        margin_sum=margin_sum,
        margins=tuple(margins),
        rejected=rejected,
    )


def margin_bin(number: int) -> str:
    """Return the range of a bin: '0 to 1', '10 and more'."""
    return f"{number} and more" if number == MARGIN_BINS - 1 else f"{number} to {number + 1}"
