"""What a name may stand for: one procedure for every index, over the keys that it holds.

1. The entities that have the name, as folded: those first that have it as it is written.
2. Those that have a name with all its words.
3. Where there is none of the first kind: those with a name of similar trigrams, the most similar
   first.

Within each kind the better known come first, then those with the shorter name, then the smaller
id: a total order, of numbers and strings that our own code has made.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol, TypeVar

from corpus.entities.keys import Form, form_of
from corpus.fields.texts import clean_line, clean_text
from extractor.schema import Candidate

SAME_NAME = 100
"""Entities of one name among which those that are written like it are looked for."""

Key = TypeVar("Key", bound=Hashable)
"""By which an index knows an entity."""


class Keys(Protocol[Key]):
    """What an index can tell of some forms: by folded name, the first entities in their order."""

    def equal(self, forms: Sequence[Form], limit: int) -> Mapping[str, Sequence[Key]]:
        """Return the entities that have exactly this form."""
        ...

    def holding(self, forms: Sequence[Form], limit: int) -> Mapping[str, Sequence[Key]]:
        """Return the entities of which some form has all the words."""
        ...

    def similar(self, forms: Sequence[Form], limit: int) -> Mapping[str, Sequence[Key]]:
        """Return the entities of which some form has similar trigrams."""
        ...

    def entities(self, keys: Sequence[Key]) -> Mapping[Key, Candidate]:
        """Return the entities that have been found."""
        ...


def possible_ids(ids: Sequence[str]) -> list[str]:
    """Return those that an entity can have: an entity file may hold no others."""
    return [id_ for id_ in ids if clean_text(id_) == id_]


def look_up(index: Keys[Key], names: Sequence[str], limit: int) -> dict[str, tuple[Candidate, ...]]:
    """Return for each name, as given, the entities that it may stand for, best first."""
    as_forms = {name: form_of(name) for name in names}
    forms = list(dict.fromkeys(form for form in as_forms.values() if form))
    if limit <= 0 or not forms:
        return dict.fromkeys(names, ())
    equal = index.equal(forms, max(limit, SAME_NAME))
    holding = index.holding(forms, limit)
    similar = index.similar([form for form in forms if not equal[form.folded]], limit)
    others = {
        form.folded: list(dict.fromkeys((*holding[form.folded], *similar.get(form.folded, ()))))
        for form in forms
    }
    wanted = dict.fromkeys(key for keys in (*equal.values(), *others.values()) for key in keys)
    entities = index.entities(list(wanted))
    return {
        name: _ranked(name, equal[form.folded], others[form.folded], entities, limit)
        if form
        else ()
        for name, form in as_forms.items()
    }


def _ranked(
    name: str,
    equal: Sequence[Key],
    others: Sequence[Key],
    entities: Mapping[Key, Candidate],
    limit: int,
) -> tuple[Candidate, ...]:
    written = clean_line(name)
    as_written = [key for key in equal if written in (entities[key].name, *entities[key].aliases)]
    keys = dict.fromkeys((*as_written, *equal, *others))
    return tuple(entities[key] for key in list(keys)[:limit])
