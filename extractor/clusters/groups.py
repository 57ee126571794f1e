"""Mentions -> groups of one type and one name: the smallest parts that clusters are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from extractor.dates import iso_date
from extractor.names import comparable_name, mentioned_name
from extractor.schema import Mention

SMALL_WORDS = frozenset(
    {"of", "the", "and", "for", "in", "on", "at", "to", "de", "la", "le", "du", "von", "van"}
)
LONGEST_ACRONYM = 10
COUNTRIES = {
    "us": "united states",
    "u s": "united states",
    "usa": "united states",
    "u s a": "united states",
    "america": "united states",
    "united states of america": "united states",
    "uk": "united kingdom",
    "u k": "united kingdom",
    "ussr": "soviet union",
    "u s s r": "soviet union",
}
"""Names of one place that share no word; all others of this kind are for the entity index."""

_LAST_FIRST = re.compile(
    r"([^,\s]+(?: [^,\s]+)?), ((?!(?:Jr|Sr|[IVX]+|MD|PhD|Esq)\b)[^,\s]+(?: [^,\s]+){0,2})"
)
"""'HOLLOWAY, James A.' is James A. Holloway, but 'Sammy Davis, Jr.' no Jr. Davis."""


@dataclass(frozen=True, eq=False)
class Group:
    """The mentions of a document that have one type and one name."""

    type: str
    name: str
    """Folded; of a date its ISO value, of some countries the name in full."""
    surface: str
    """As the first mention has it, on one line."""
    mentions: tuple[Mention, ...]
    """In the order of the text."""

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where its mentions start, ascending."""
        return tuple(mention.start for mention in self.mentions)

    @cached_property
    def letters(self) -> Counter[str]:
        """How often the name has each letter, blanks included."""
        return Counter(self.name)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of the name."""
        return tuple(self.name.split())

    @cached_property
    def initials(self) -> str:
        """First letters of the words that an acronym counts."""
        return "".join(word[0] for word in self.words if word not in SMALL_WORDS)

    @cached_property
    def acronym(self) -> str:
        """The folded letters of a name that looks like an acronym ('U.N.', 'BoE'), else nothing."""
        letters = "".join(filter(str.isalnum, self.surface[: 2 * LONGEST_ACRONYM]))
        capitals = sum(map(str.isupper, letters))
        small = 2 <= len(letters) <= LONGEST_ACRONYM and " " not in self.surface
        return letters.casefold() if small and capitals > max(1, len(letters) // 2) else ""


def group_mentions(text: str, mentions: Iterable[Mention]) -> list[Group]:
    """Return the groups in the order of their first mention."""
    found: dict[tuple[str, str], list[Mention]] = {}
    for mention in sorted(mentions, key=text_order):
        surface = mentioned_name(text, mention)
        name = _name(surface, mention.type)
        found.setdefault((mention.type, name), []).append(mention)
    return [
        Group(type_, name, mentioned_name(text, first), (first, *others))
        for (type_, name), (first, *others) in found.items()
    ]


def _name(surface: str, type_: str) -> str:
    if type_ == "PER" and (inverted := _LAST_FIRST.fullmatch(surface)):
        surface = f"{inverted[2]} {inverted[1]}"
    name = (type_ == "TIME" and iso_date(surface)) or comparable_name(surface)
    return COUNTRIES.get(name, name) if type_ == "LOC" else name


def text_order(mention: Mention) -> tuple[int, int, str]:
    """Return what mentions are sorted by."""
    return mention.start, mention.end, mention.type
