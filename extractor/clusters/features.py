"""A pair of groups -> what speaks for and against one entity, as named numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractor.clusters.groups import Group
from extractor.clusters.names import contains, of_letters, of_words
from extractor.clusters.places import of_places

Features = Mapping[str, float]
"""By name; those that are 0 are left out."""
PRODUCTS = (
    ("prefix", "single"),
    ("suffix", "single"),
    ("prefix", "long_first"),
    ("suffix", "long_first"),
    ("single", "long_first"),
    ("acronym", "long_first"),
    ("bracket", "acronym"),
    ("edit", "single"),
    ("edit_high", "both_unshared"),
)


class PairReader:
    """Reads pairs of one document: how many rivals a short form has is among their features."""

    def __init__(
        self, text: str, groups: Sequence[Group], pairs: Sequence[tuple[int, int]]
    ) -> None:
        self._text = text
        self._groups = groups
        self._long_forms: defaultdict[int, list[int]] = defaultdict(list)
        for pair in pairs:
            short, long = self._ordered(*pair)
            if contains(groups[long].words, groups[short].words):
                self._long_forms[short].append(long)

    def read(self, one: int, other: int) -> Features:
        """Return the features of a pair of groups, by index."""
        short, long = self._ordered(one, other)
        few, many = self._groups[short], self._groups[long]
        found = {
            "bias": 1.0,
            **of_words(few, many),
            **of_letters(few, many),
            **of_places(self._text, few, many),
            **self._of_rivals(short, long),
        }
        found |= {f"{one}*{other}": found[one] * found[other] for one, other in PRODUCTS}
        return {name: float(value) for name, value in found.items() if value}

    def _ordered(self, one: int, other: int) -> tuple[int, int]:
        """Return the shorter name's index first."""

        def length(n: int) -> tuple[int, int, int]:
            return len(self._groups[n].words), len(self._groups[n].name), n

        return (one, other) if length(one) < length(other) else (other, one)

    def _of_rivals(self, short: int, long: int) -> dict[str, float]:
        """Return how many names the shorter may abbreviate, and which the text prefers."""
        rivals = self._long_forms.get(short, [])
        if long not in rivals:
            return {}
        start = self._groups[short].mentions[0].start
        last_before = {
            n: max((m.start for m in self._groups[n].mentions if m.start < start), default=-1)
            for n in rivals
        }
        nearest = max(rivals, key=lambda n: last_before[n])
        return {
            "only_later_form": len(rivals) == 1 and start < self._groups[long].mentions[0].start,
            "rivals": math.log(len(rivals)),
            "rival_nearer": last_before[nearest] >= 0 and nearest != long,
            "rival_first": min(rivals) != long,
        }
