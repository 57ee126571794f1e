"""A pair of groups -> what speaks for and against one entity, as named numbers."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The long forms of a short one."""

    number: int
    first: int
    """The smallest index."""
    nearest: int | None
    """The one that the text has last before the short form; None where it has none."""


class PairReader:
    """Reads pairs of one document: how many rivals a short form has is among their features."""

    def __init__(
        self, text: str, groups: Sequence[Group], pairs: Sequence[tuple[int, int]]
    ) -> None:
        self._text = text
        self._groups = groups
        self._long_forms: defaultdict[int, dict[int, None]] = defaultdict(dict)
        """Short form -> the long ones that hold it, in the order of the pairs."""
        self._rivals_of: dict[int, _Rivals] = {}
        for pair in pairs:
            short, long = self._ordered(*pair)
            if contains(groups[long].words, groups[short].words):
                self._long_forms[short][long] = None

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
        if long not in self._long_forms.get(short, {}):
            return {}
        rivals = self._rivals(short)
        earlier = self._groups[short].starts[0] < self._groups[long].starts[0]
        return {
            "only_later_form": rivals.number == 1 and earlier,
            "rivals": math.log(rivals.number),
            "rival_nearer": rivals.nearest not in (None, long),
            "rival_first": rivals.first != long,
        }

    def _rivals(self, short: int) -> _Rivals:
        """Return what all pairs of a short form share: it may have thousands of long ones."""
        if short not in self._rivals_of:
            long_forms = self._long_forms[short]
            start = self._groups[short].starts[0]
            last_before = {n: _last_before(self._groups[n], start) for n in long_forms}
            nearest = max(long_forms, key=lambda n: last_before[n])
            self._rivals_of[short] = _Rivals(
                number=len(long_forms),
                first=min(long_forms),
                nearest=nearest if last_before[nearest] >= 0 else None,
            )
        return self._rivals_of[short]


def _last_before(group: Group, start: int) -> int:
    """Return where the last mention starts that starts before a place; -1 where none does."""
    earlier = bisect_left(group.starts, start)
    return group.starts[earlier - 1] if earlier else -1
