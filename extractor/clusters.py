"""Mention -> Cluster: which mentions of a document name the same entity.

Rules over names, in this order: equal folded names, or dates of one value; a person's first or last
name; the short form of an organisation or work ('Columbia' for 'Columbia Records'); an acronym and
its long form. Demonyms stay apart from places here; linking joins them where the entity index has
them as aliases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractor.dates import iso_date
from extractor.names import comparable_name, fold_name
from extractor.schema import INTERCHANGEABLE_TYPES, Cluster, Mention

SMALL_WORDS = frozenset(
    {"of", "the", "and", "for", "in", "on", "de", "la", "le", "du", "von", "van"}
)


@dataclass(slots=True)
class _Group:
    """Mentions that share a folded name, then those of its short forms too."""

    name: str
    mentions: list[Mention] = field(default_factory=list)

    @property
    def type(self) -> str:
        counts = Counter(mention.type for mention in self.mentions)
        first = {mention.type: -mention.start for mention in reversed(self.mentions)}
        return max(counts, key=lambda type_: (counts[type_], first[type_]))

    @property
    def words(self) -> list[str]:
        return self.name.split()


def cluster_mentions(text: str, mentions: Sequence[Mention]) -> tuple[Cluster, ...]:
    """Return the clusters of a document in the order of their first mention."""
    groups = _by_name(text, mentions)
    for shorter in sorted(groups, key=lambda group: (len(group.words), group.name)):
        longer = _long_form(shorter, groups, text)
        if longer is not None:
            longer.mentions = sorted([*longer.mentions, *shorter.mentions], key=_place)
            groups.remove(shorter)
    clusters = (
        Cluster(type=group.type, mentions=tuple(sorted(group.mentions, key=_place)))
        for group in groups
    )
    return tuple(sorted(clusters, key=lambda cluster: _place(cluster.mentions[0])))


def _by_name(text: str, mentions: Iterable[Mention]) -> list[_Group]:
    groups: dict[tuple[str, str], _Group] = {}
    for mention in sorted(mentions, key=_place):
        surface = text[mention.start : mention.end]
        name = (mention.type == "TIME" and iso_date(surface)) or comparable_name(surface)
        kind = "NAME" if mention.type in INTERCHANGEABLE_TYPES else mention.type
        groups.setdefault((kind, name), _Group(name)).mentions.append(mention)
    return list(groups.values())


def _long_form(shorter: _Group, groups: Sequence[_Group], text: str) -> _Group | None:
    """Return the group that this one is a short form of: of several, the nearest before it."""
    fits = [
        group
        for group in groups
        if group is not shorter
        and _abbreviates(shorter, group, text)
        and group.type == shorter.type
    ]
    if not fits:
        return None
    start = shorter.mentions[0].start
    before = [group for group in fits if group.mentions[0].start < start]
    if before:
        return max(
            before, key=lambda group: max(m.start for m in group.mentions if m.start < start)
        )
    return fits[0] if len(fits) == 1 else None


def _abbreviates(shorter: _Group, longer: _Group, text: str) -> bool:
    few, many = shorter.words, longer.words
    if len(few) < len(many):
        if shorter.type == "PER":
            return many[: len(few)] == few or many[-len(few) :] == few
        if shorter.type in {"ORG", "MISC"} and many[: len(few)] == few:
            return shorter.mentions[0].start > longer.mentions[0].start
    if shorter.type == "PER" or len(few) > len(many):
        return False
    surface = text[shorter.mentions[0].start : shorter.mentions[0].end].replace(".", "")
    initials = "".join(word[0] for word in many if word not in SMALL_WORDS)
    return len(surface) > 1 and surface.isupper() and fold_name(surface) == initials != longer.name


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end
