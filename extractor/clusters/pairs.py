"""Groups -> the pairs of them that may be one entity, without looking at every pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, pairwise

from extractor.clusters.groups import SMALL_WORDS, Group
from extractor.clusters.places import ALSO
from extractor.schema import INTERCHANGEABLE_TYPES, VALUE_TYPES

MOST_OF_ONE_KEY = 40
"""Groups that share a word or stem, beyond which it says nothing and a long document is slow."""
MOST_PAIRS = 60_000
"""Of a document; one of 500,000 characters of an encyclopedia has 42,000."""
STEM = 4
NEAR = 30
"""Characters between two mentions for 'also known as'."""
ADDED = ("i", "er", "ic")
"""What a place may get at its end for its people: 'Kuwaiti', 'Berliner', 'Icelandic'."""
CHANGED = ("ian", "an", "ese", "ish")
"""The same where the place's own end may go: 'Chilean', 'Polish'."""


def possible_pairs(text: str, groups: Sequence[Group]) -> list[tuple[int, int]]:
    """Return pairs of indices, the smaller first, that share a word, a stem or an acronym, or
    of which the text says that one is called the other.

    Of a list of thousands of names those count that share what few others have.
    """
    pairs: set[tuple[int, int]] = set()
    for pair in chain(_also_known_as(text, groups), _acronyms(groups), _sharing(groups)):
        if _comparable(groups[pair[0]], groups[pair[1]]):
            pairs.add(pair)
        if len(pairs) == MOST_PAIRS:
            break
    return sorted(pairs)


def _sharing(groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    owners: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        if group.type in VALUE_TYPES:
            continue
        words = {*group.words} - SMALL_WORDS
        keys = {("name", group.name), *(("word", word) for word in words)}
        keys |= {("stem", word[:STEM]) for word in words if len(word) > STEM}
        for key in keys:
            owners[key].append(n)
    for sharing in sorted(owners.values(), key=len):  # what few share says most
        yield from combinations(sharing[:MOST_OF_ONE_KEY], 2)


def _acronyms(groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """Yield acronyms with the names of several words that begin with their letters."""
    spelled: defaultdict[str, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        if len(group.words) > 1:
            for beginning in {group.initials[:2], group.words[0][:2]}:
                spelled[beginning].append(n)
    for n, group in enumerate(groups):
        if group.acronym:
            for other in spelled[group.acronym[:2]][:MOST_OF_ONE_KEY]:
                if other != n:
                    yield min(n, other), max(n, other)


def _also_known_as(text: str, groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    placed = sorted(
        (mention.start, mention.end, n)
        for n, group in enumerate(groups)
        for mention in group.mentions
    )
    for (_, end, one), (start, _, other) in pairwise(placed):
        if one != other and 0 < start - end <= NEAR:
            between = text[end:start].strip()
            if between == "(" or ALSO.fullmatch(between):
                yield min(one, other), max(one, other)


def _comparable(one: Group, other: Group) -> bool:
    types = {one.type, other.type}
    if VALUE_TYPES & types or not (len(types) == 1 or types <= INTERCHANGEABLE_TYPES):
        return False
    if _differ_in_symbols(one, other):
        return False
    if types == {"PER"}:
        return True
    return not (_is_demonym(one.name, other.name) or _is_demonym(other.name, one.name))


def _differ_in_symbols(one: Group, other: Group) -> bool:
    """Tell whether a word of both names is another one for its symbols: 'C++', 'C#'; 'Disney+'."""
    ours, theirs = {*one.words}, {*other.words}
    return not _without_symbols(ours - theirs).isdisjoint(_without_symbols(theirs - ours))


def _without_symbols(words: Iterable[str]) -> set[str]:
    return {"".join(filter(str.isalnum, word)) for word in words}


def _is_demonym(name: str, place: str) -> bool:
    """Tell whether a name is what the people of a place are called: 'Kuwaiti', 'Polish'.

    It is another entity: what is Polish need not be in Poland.
    """
    word = name.removesuffix("s")
    if word == place.removesuffix("s") or len(word) < len(place):
        return False
    return word in {place + end for end in ADDED} or any(
        word.endswith(end) and len(word) - len(end) >= 3 and place.startswith(word[:3])
        for end in CHANGED
    )
