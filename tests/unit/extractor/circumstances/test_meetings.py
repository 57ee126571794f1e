"""Two entities meet where their mentions stand nearest."""

from __future__ import annotations

import random

import pytest

from extractor.circumstances.meetings import Places
from extractor.schema import Entity, Mention, Span
from tests.unit.extractor.circumstances.stated import text


def test_entities_meet_where_they_stand_nearest() -> None:
    found = text("[Ada|PER|0] left. Later [Bert|PER|1] met [Ada|PER|0] in [Kent|LOC|2].")
    places = Places(found.entities, found.sentences)
    met = places.meeting("e0", "e1")
    assert (met.head.start, met.tail.start, met.characters) == (25, 16, 5)
    assert met.same_sentence
    turned = places.meeting("e1", "e0")
    assert (turned.head, turned.tail) == (met.tail, met.head)


def test_of_several_nearest_places_the_first_counts() -> None:
    found = text("[Ada|PER|0] of [Kent|LOC|1]. Then [Ada|PER|0] of [Kent|LOC|1].")
    met = Places(found.entities, found.sentences).meeting("e0", "e1")
    assert (met.head.start, met.tail.start) == (0, 7)


def test_names_in_different_sentences_are_not_in_one() -> None:
    found = text("[Ada|PER|0] left. It was [Kent|LOC|1].")
    assert not Places(found.entities, found.sentences).meeting("e0", "e1").same_sentence


def test_a_name_in_a_name_is_nowhere_apart() -> None:
    outer, inner = Mention(start=0, end=19, type="ORG"), Mention(start=14, end=19, type="LOC")
    entities = [
        Entity(id=id_, name="", type=each.type, mentions=(each,))
        for id_, each in (("o", outer), ("i", inner))
    ]
    assert Places(entities, [Span(start=0, end=30)]).meeting("o", "i").characters == 0


@pytest.mark.parametrize("longest", [9, 200])
@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_nearest_of_all_pairs_also_where_names_hold_names(
    seed: int, longest: int
) -> None:
    chance = random.Random(seed)
    starts = chance.sample(range(0, 3000, 10), 40)
    mentions = [Mention(start=s, end=s + chance.randint(1, longest), type="PER") for s in starts]
    ones, others = mentions[:7], mentions[7:]
    entities = [
        Entity(id="a", name="", type="PER", mentions=tuple(ones)),
        Entity(id="b", name="", type="PER", mentions=tuple(others)),
    ]
    places = Places(entities, [Span(start=0, end=3300)])
    met = places.meeting("b", "a")
    gaps = [max(0, o.start - t.end, t.start - o.end) for o in ones for t in others]
    assert met.characters == min(gaps)
    assert met.head in others
    assert met.tail in ones
    turned = places.meeting("a", "b")
    assert (turned.head, turned.tail, turned.characters) == (met.tail, met.head, met.characters)
