"""Two files of entities that become one index: one's own, and the starter index below it.

What is in both is one entry. Of equal ids the own entry says the name, type and description, and
each adds its names, facts and previous ids. A place of GeoNames that is an item of Wikidata too
(its twin) is that item, which keeps the id of GeoNames among its `former_ids`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.source import Skipped
from extractor.names import comparable_name
from extractor.schema import Candidate

GEONAMES = "geonames:"
COUNTRY, REGION = "P17", "P131"
_SETTLEMENT = re.compile(
    r"\b(city|town|village|capital|municipality|borough|suburb|seat|settlement|commune|metropolis"
    r"|megacity|hamlet|township|resort|burgh|neighbou?rhood|community|place|port)\b"
)
_WHERE = re.compile(r"\b(in|of|on)\b")


def joined(
    own: Iterable[Candidate | Skipped], starter: Iterable[Candidate | Skipped]
) -> Iterator[Candidate | Skipped]:
    """Yield the entries of both, one for each thing; the starter's are held in memory.

    Args:
        own: entries, of those of one id the first only; places of GeoNames largest first, so that
            the largest of a name and country is the twin.
        starter: entries that stand below.
    """
    below = _Below(each for each in starter if isinstance(each, Candidate))
    for entry in own:
        if isinstance(entry, Skipped):
            yield entry
        elif below.given(entry):
            reason = "duplicate: a place of GeoNames that is this item came first"
            yield Skipped(source="entities", place=entry.id, document=entry.id, reason=reason)
        elif twin := below.twin(entry):
            yield _one(twin, entry, former_ids=(entry.id,))
        else:
            same = below.same(entry)
            yield _one(entry, same) if same else entry
    yield from below.rest()


class _Below:
    """The starter's entries that no own one has taken."""

    def __init__(self, entries: Iterable[Candidate]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._given: set[str] = set()
        self._settlements: defaultdict[str, list[str]] = defaultdict(list)
        for entry in self._entries.values():
            if _settlement(entry):
                self._settlements[comparable_name(entry.name)].append(entry.id)

    def same(self, entry: Candidate) -> Candidate | None:
        """Take the entry of this id, or of an id that it had."""
        taken = [self._entries.pop(id_, None) for id_ in (entry.id, *entry.former_ids)]
        return next(filter(None, taken), None)

    def twin(self, place: Candidate) -> Candidate | None:
        """Take the item that a place of GeoNames is: of its name, country and region."""
        if not place.id.startswith(GEONAMES):
            return None
        for id_ in self._settlements.get(comparable_name(place.name), ()):
            item = self._entries.get(id_)
            if item and _meet(place, item, COUNTRY) and not _differ(place, item, REGION):
                self._given.add(id_)
                return self._entries.pop(id_)
        return None

    def given(self, entry: Candidate) -> bool:
        """Return whether a twin was taken that has this id."""
        return entry.id in self._given

    def rest(self) -> Iterable[Candidate]:
        """Return what nobody took."""
        return self._entries.values()


def _one(first: Candidate, second: Candidate, *, former_ids: tuple[str, ...] = ()) -> Candidate:
    """Return one entry of two, as the first calls it."""
    names = dict.fromkeys((*first.aliases, second.name, *second.aliases))
    previous = {*first.former_ids, *second.former_ids, *former_ids}
    return replace(
        first,
        aliases=tuple(name for name in names if name != first.name),
        description=first.description or second.description,
        popularity=max(first.popularity, second.popularity),
        former_ids=tuple(sorted(previous - {first.id})),
        facts=tuple(sorted({*first.facts, *second.facts})),
    )


def _settlement(entry: Candidate) -> bool:
    what = _WHERE.split(entry.description, maxsplit=1)[0]
    return entry.type == "LOC" and (not what or bool(_SETTLEMENT.search(what)))


def _values(entry: Candidate, relation: str) -> set[str]:
    return {value for each, value in entry.facts if each == relation}


def _meet(one: Candidate, other: Candidate, relation: str) -> bool:
    return bool(_values(one, relation) & _values(other, relation))


def _differ(one: Candidate, other: Candidate, relation: str) -> bool:
    ours, theirs = _values(one, relation), _values(other, relation)
    return bool(ours and theirs and not ours & theirs)
