"""Where the mentions of a document stand, and how near two entities come to each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

    def meeting(self, head: str, tail: str) -> Meeting:
        """Return where two entities come nearest, of several such places the first.

        O(few log many) in their mentions: each of the rarer one is compared with those around it.
        """
        ones, others = self._mentions[head], self._mentions[tail]
        turned = len(ones) > len(others)
        few, many = (others, ones) if turned else (ones, others)
        near = ((one, other) for one in few for other in _around(one, many))
        one, other = min(near, key=lambda pair: (_gap(*pair), pair[0].start, pair[1].start))
        return Meeting(
            head=other if turned else one,
            tail=one if turned else other,
            characters=_gap(one, other),
            same_sentence=self._sentence(one) == self._sentence(other),
        )

    def _sentence(self, mention: Mention) -> int:
        return bisect_right(self._sentence_starts, mention.start)


def _around(mention: Mention, ordered: Sequence[Mention]) -> Sequence[Mention]:
    """Return the last that begins before a mention, and the first that does not."""
    index = bisect_left(ordered, mention.start, key=lambda each: each.start)
    return ordered[max(index - 1, 0) : index + 1]


def _gap(one: Mention, other: Mention) -> int:
    return max(0, max(one.start, other.start) - min(one.end, other.end))
