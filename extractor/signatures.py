"""Which types of entities relations hold between, as labelled documents say.

A relation's signature is learned: how often it was labelled between a head of one type and a tail
of another. (What a vocabulary declares, a `TypeConstraint`, is a rule that labels obey as well.) A
statement whose types never came with its relation is impossible, as far as one can learn; a pair of
types that hardly any label joins is not worth scoring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from extractor.schema import check_type_name

VERSION = 1
"""Of the JSON form."""
MIN_LABELS = 20
"""A relation with fewer labels has shown too little of what it holds between."""
MIN_SHARE = 0.001
"""Of all labels; a pair of types with fewer between them holds slips of the annotators."""

Types = tuple[str, str]
"""Type of the head, type of the tail."""
Reason = Literal["head type", "tail type", "pair of types"]
"""What was never seen with a relation: the head's type, the tail's, or only both together."""


@dataclass(frozen=True, slots=True)
class TypeStatistics:
    """The learned signatures of a checkpoint; without any label they object to nothing.

    Raises:
        ValueError: a count is below 1, or something names no entity type.
    """

    counts: Mapping[str, Mapping[Types, int]] = field(default_factory=dict)
    """Relation id -> types -> labels."""
    _between: Mapping[Types, int] = field(init=False, repr=False, compare=False)
    """Types -> labels of all relations."""

    def __post_init__(self) -> None:
        between: Counter[Types] = Counter()
        for relation, by_types in self.counts.items():
            between.update(by_types)
            for types, count in by_types.items():
                for type_ in types:
                    check_type_name(type_)
                if count < 1:
                    raise ValueError(f"relation {relation}: {count} labels between {types}")
        object.__setattr__(self, "_between", between)

    @classmethod
    def counted(cls, labels: Iterable[tuple[str, Types]]) -> TypeStatistics:
        """Return the signatures that labels show: relation id, types of head and tail of each."""
        counts: dict[str, Counter[Types]] = {}
        for relation, types in labels:
            counts.setdefault(relation, Counter())[types] += 1
        return cls(counts)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TypeStatistics:
        """Return what `to_json` wrote.

        Raises:
            ValueError, KeyError, TypeError: it did not write this.
        """
        if stored["version"] != VERSION:
            raise ValueError(f"signatures of version {stored['version']!r}, not {VERSION}")
        return cls(
            {
                relation: {(head, tail): int(count) for head, tail, count in rows}
                for relation, rows in stored["relations"].items()
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return the signatures as plain JSON, in an order of their own."""
        return {
            "version": VERSION,
            "relations": {
                relation: [[*types, count] for types, count in sorted(by_types.items())]
                for relation, by_types in sorted(self.counts.items())
            },
        }

    def objection(self, relation: str, head_type: str, tail_type: str) -> Reason | None:
        """Return why a relation cannot hold from an entity of one type to one of another."""
        seen = self.counts.get(relation, {})
        if sum(seen.values()) < MIN_LABELS or (head_type, tail_type) in seen:
            return None
        if all(head != head_type for head, _ in seen):
            return "head type"
        if all(tail != tail_type for _, tail in seen):
            return "tail type"
        return "pair of types"

    def candidate(self, head_type: str, tail_type: str) -> bool:
        """Tell whether relations are worth looking for between entities of these types."""
        labels = sum(self._between.values())
        return self._between.get((head_type, tail_type), 0) >= MIN_SHARE * labels
