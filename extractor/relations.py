"""RelationVocabulary: logit column <-> relation, and the relationship type that the graph uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from extractor.errors import VocabularyRejected

THRESHOLD_COLUMN = 0
"""Column of the threshold class (TH) in every matrix of logits."""

RESERVED_TYPES = frozenset({"FROM", "MENTIONED_IN"})
"""The graph's own relationship types. Its labels are safe: they are not in upper case."""


def relationship_type(name: str) -> str:
    """Return a relation's name in upper snake case: 'place of birth' -> 'PLACE_OF_BIRTH'."""
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_").upper()


@dataclass(frozen=True, slots=True)
class RelationVocabulary:
    """The relations of a checkpoint, in the order of its logit columns 1, 2, ...; column 0 is TH.

    Raises:
        VocabularyRejected: no relations, an empty name, or two relations of one relationship type.
    """

    names: Mapping[str, str]
    """Relation id -> English name, in column order."""
    ids: tuple[str, ...] = field(init=False)
    types: Mapping[str, str] = field(init=False)
    """Relation id -> relationship type in the graph."""

    def __post_init__(self) -> None:
        if not self.names:
            raise VocabularyRejected("a relation vocabulary needs at least one relation")
        types: dict[str, str] = {}
        for relation, name in self.names.items():
            type_ = relationship_type(name)
            if not type_ or not type_[0].isalpha() or type_ in RESERVED_TYPES:
                raise VocabularyRejected(
                    f"relation {relation}: the name {name!r} gives no usable relationship type "
                    f"({type_!r}); give it another English name"
                )
            clash = next((other for other, known in types.items() if known == type_), None)
            if clash is not None:
                raise VocabularyRejected(
                    f"relations {clash} and {relation} both become {type_}; rename one of them"
                )
            types[relation] = type_
        object.__setattr__(self, "ids", tuple(self.names))
        object.__setattr__(self, "types", types)

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
