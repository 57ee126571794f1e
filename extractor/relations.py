"""RelationVocabulary: logit column <-> relation, and the relationship type that the graph uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from extractor.errors import VocabularyRejected
from extractor.schema import check_type_name

THRESHOLD_COLUMN = 0
"""Column of the threshold class (TH) in every matrix of logits."""

MOST_RELATIONS = 20_000
"""Wikidata has 12,000 properties."""
RESERVED_TYPES = frozenset({"FROM", "MENTIONED_IN"})
"""The graph's own relationship types. Its labels are safe: they are not in upper case."""


def relationship_type(name: str) -> str:
    """Return a relation's name in upper snake case: 'place of birth' -> 'PLACE_OF_BIRTH'."""
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeConstraint:
    """The entity types that a relation may hold between; no types at an end means any type."""

    head: frozenset[str] = frozenset()
    tail: frozenset[str] = frozenset()

    def admits(self, head_type: str, tail_type: str) -> bool:
        """Tell whether the relation may hold from an entity of one type to one of another."""
        return (not self.head or head_type in self.head) and (
            not self.tail or tail_type in self.tail
        )


ANY_TYPES = TypeConstraint()


@dataclass(frozen=True, slots=True)
class RelationVocabulary:
    """The relations of a checkpoint, in the order of its logit columns 1, 2, ...; column 0 is TH.

    Raises:
        VocabularyRejected: no relations, an empty name, two relations of one relationship type, or
            a constraint of an unknown relation or with something that names no entity type.
    """

    names: Mapping[str, str]
    """Relation id -> English name, in column order."""
    constraints: Mapping[str, TypeConstraint] = field(default_factory=dict)
    """Relation id -> the entity types that it may hold between; a relation without one: any."""
    ids: tuple[str, ...] = field(init=False)
    types: Mapping[str, str] = field(init=False)
    """Relation id -> relationship type in the graph."""

    def __post_init__(self) -> None:
        if not self.names:
            raise VocabularyRejected("a relation vocabulary needs at least one relation")
        owners: dict[str, str] = {}
        for relation, name in self.names.items():
            if "|" in relation:
                raise VocabularyRejected(f"relation id {relation!r} holds '|': give it another id")
            type_ = relationship_type(name)
            if not type_ or not type_[0].isalpha() or type_ in RESERVED_TYPES:
                raise VocabularyRejected(
                    f"relation {relation}: the name {name!r} gives no usable relationship type "
                    f"({type_!r}); give it another English name"
                )
            if (clash := owners.setdefault(type_, relation)) != relation:
                raise VocabularyRejected(
                    f"relations {clash} and {relation} both become {type_}; rename one of them"
                )
        _check_constraints(self.constraints, self.names)
        object.__setattr__(self, "ids", tuple(self.names))
        object.__setattr__(self, "types", {owner: type_ for type_, owner in owners.items()})

    @classmethod
    def from_json(cls, entries: Mapping[str, Any]) -> RelationVocabulary:
        """Return the vocabulary that `to_json` or a vocabulary file describes.

        Args:
            entries: relation id -> English name, or -> {"name", "head": [types], "tail": [types]}.

        Raises:
            VocabularyRejected: an entry is neither, or makes no vocabulary.
        """
        if len(entries) > MOST_RELATIONS:
            raise VocabularyRejected(
                f"{len(entries):,} relations are more than the {MOST_RELATIONS:,} that a model can "
                "learn: keep those that matter"
            )
        names: dict[str, str] = {}
        constraints: dict[str, TypeConstraint] = {}
        for relation, entry in entries.items():
            if isinstance(entry, Mapping):
                names[relation], constraints[relation] = _constrained_entry(relation, entry)
            elif isinstance(entry, str):
                names[relation] = entry
            else:
                raise VocabularyRejected(
                    f"relation {relation}: give an English name, or an object with 'name', "
                    f"'head' and 'tail', instead of {entry!r}"
                )
        return cls(names, constraints)

    def to_json(self) -> dict[str, Any]:
        """Return the vocabulary as plain JSON, in the form of a vocabulary file."""
        return {
            relation: {
                "name": name,
                "head": sorted(self.constraints[relation].head),
                "tail": sorted(self.constraints[relation].tail),
            }
            if relation in self.constraints
            else name
            for relation, name in self.names.items()
        }

    def admits(self, relation: str, head_type: str, tail_type: str) -> bool:
        """Tell whether a relation may hold from an entity of one type to one of another."""
        return self.constraints.get(relation, ANY_TYPES).admits(head_type, tail_type)

    def candidate(self, head_type: str, tail_type: str) -> bool:
        """Tell whether any relation may hold from an entity of one type to one of another."""
        return any(self.admits(relation, head_type, tail_type) for relation in self.ids)

    def column(self, relation: str) -> int:
        """Return the logit column of a relation id; raises `VocabularyRejected` if unknown."""
        try:
            return self.ids.index(relation) + 1
        except ValueError:
            raise VocabularyRejected(
                f"relation {relation!r} is not in the vocabulary of {len(self.ids)} relations"
            ) from None

    def __len__(self) -> int:
        """Return the number of logit columns, TH included."""
        return len(self.ids) + 1


def _check_constraints(constraints: Mapping[str, TypeConstraint], names: Mapping[str, str]) -> None:
    for relation, constraint in constraints.items():
        if relation not in names:
            raise VocabularyRejected(
                f"a type constraint is given for the unknown relation {relation}"
            )
        try:
            for type_ in constraint.head | constraint.tail:
                check_type_name(type_)
        except ValueError as error:
            raise VocabularyRejected(f"relation {relation}: {error}") from error


def _constrained_entry(relation: str, entry: Mapping[str, Any]) -> tuple[str, TypeConstraint]:
    """Return the name and the constraint of {"name", "head", "tail"}; an end left out is any."""
    unknown = sorted(map(str, entry.keys() - {"name", "head", "tail"}))
    if unknown:
        raise VocabularyRejected(
            f"relation {relation}: unknown field {unknown[0]!r}; use 'name', 'head' and 'tail'"
        )
    if not isinstance(entry.get("name"), str):
        raise VocabularyRejected(f"relation {relation}: the English 'name' is missing")
    ends = {end: entry.get(end, []) for end in ("head", "tail")}
    for end, types in ends.items():
        if not isinstance(types, list) or not all(isinstance(type_, str) for type_ in types):
            raise VocabularyRejected(
                f"relation {relation}: {end!r} must be a list of entity types, found {types!r}"
            )
    return entry["name"], TypeConstraint(head=frozenset(ends["head"]), tail=frozenset(ends["tail"]))
