"""Where the mentions of a document stand, and how near two entities come to each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from extractor.schema import Entity, Mention, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The two mentions of a head and a tail that stand nearest to each other."""

    head: Mention
    tail: Mention
    characters: int
    """Between them; 0 where one reaches into the other."""
    same_sentence: bool


class Places:
    """The mentions of a document's entities, in the order of the text."""

    def __init__(self, entities: Sequence[Entity], sentences: Sequence[Span]) -> None:
        self._sentence_starts = [sentence.start for sentence in sentences]
        self._mentions: Mapping[str, list[Mention]] = {
            entity.id: sorted(entity.mentions, key=lambda m: (m.start, m.end))
            for entity in entities
        }
        # A mention may hold others: of those that begin before, the one that reaches furthest.
        self._reaching: Mapping[str, list[Mention]] = {
            id_: list(accumulate(mentions, _further)) for id_, mentions in self._mentions.items()
        }
        self._met: dict[tuple[str, str], Meeting] = {}

    def meeting(self, head: str, tail: str) -> Meeting:
        """Return where two entities come nearest, of several such places the first.

        O(few log many) in their mentions: each of the rarer one is compared with those around it.
        """
        if (head, tail) not in self._met:
            one, other = self._nearest(head, tail)
            together = self._sentence(one) == self._sentence(other)
            for ids, ends in (((head, tail), (one, other)), ((tail, head), (other, one))):
                self._met[ids] = Meeting(
                    head=ends[0],
                    tail=ends[1],
                    characters=_gap(one, other),
                    same_sentence=together,
                )
        return self._met[head, tail]

    def _nearest(self, head: str, tail: str) -> tuple[Mention, Mention]:
        if len(self._mentions[head]) > len(self._mentions[tail]):
            other, one = self._nearest(tail, head)
            return one, other
        pairs = ((one, other) for one in self._mentions[head] for other in self._around(one, tail))
        return min(pairs, key=lambda pair: (_gap(*pair), pair[0].start, pair[1].start))

    def _around(self, mention: Mention, entity: str) -> Iterator[Mention]:
        """Yield the nearest mentions of an entity that begin before one, and not before it."""
        ordered = self._mentions[entity]
        index = bisect_left(ordered, mention.start, key=lambda each: each.start)
        if index:
            yield self._reaching[entity][index - 1]
        if index < len(ordered):
            yield ordered[index]

    def _sentence(self, mention: Mention) -> int:
        return bisect_right(self._sentence_starts, mention.start)


def _further(one: Mention, other: Mention) -> Mention:
    return one if one.end >= other.end else other


def _gap(one: Mention, other: Mention) -> int:
    return max(0, max(one.start, other.start) - min(one.end, other.end))
