"""Made-up extractions that look like real ones to a graph server: 96 relations, Zipf frequencies.

A document has 12 entities and 20 statements, each with a sentence of evidence. Entities recur in
other documents, the popular ones often, and their number grows with the documents.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from extractor.relations import RelationVocabulary
from extractor.schema import ENTITY_TYPES, Document, Entity, Extraction, Mention, Statement

RELATIONS = RelationVocabulary({f"P{number}": f"relation {number}" for number in range(1, 97)})
ENTITIES = 12
"""Of one document."""
STATEMENTS = 20
NEW_ENTITIES = 5
"""By which the pool of entities grows with each document."""
HUB = 0
"""The entity that every document of a hub names."""
WORDS = [
    "the",
    "of",
    "a",
    "in",
    "by",
    "from",
    "city",
    "river",
    "author",
    "built",
    "born",
    "near",
    "under",
    "great",
    "old",
    "company",
]
ZIPF = list(accumulate(1 / rank for rank in range(1, len(RELATIONS.ids) + 1)))


def extractions(prefix: str, *, start: int = 0, hub: bool = False) -> Iterator[Extraction]:
    """Yield extractions without end; the same ones for the same arguments.

    Args:
        prefix: Begins the ids of documents and entities: other prefixes share nothing.
        start: The number of the first document; its entities come from those of the ones before.
        hub: One entity is in every document, an end of half of the statements.
    """
    number = start
    while True:
        yield _extraction(prefix, number, hub=hub)
        number += 1


def _extraction(prefix: str, number: int, *, hub: bool) -> Extraction:
    dice = random.Random(number)
    pool = (number + 1) * NEW_ENTITIES + ENTITIES
    chosen = {HUB} if hub else set()
    while len(chosen) < ENTITIES:
        chosen.add(int(pool * dice.random() ** 2) if dice.random() < 0.5 else dice.randrange(pool))
    numbers = sorted(chosen)
    names = [f"Name{entity} of {WORDS[entity % len(WORDS)].title()}" for entity in numbers]
    text = ". ".join([*names, *(_sentence(dice) for _ in range(8))])
    starts = list(accumulate((len(name) + 2 for name in names), initial=0))
    entities = tuple(
        _entity(prefix, entity, name, at)
        for entity, name, at in zip(numbers, names, starts, strict=False)
    )
    document = Document(
        id=f"{prefix}:document:{number}",
        source=prefix,
        title=f"Document {number} about {names[0]}",
        text=text,
        updated_at=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00Z",
        url=f"https://example.org/{prefix}/{number}",
    )
    statements = tuple(_statements(dice, entities, f"{prefix}:entity:{HUB}" if hub else ""))
    return Extraction(document=document, entities=entities, statements=statements)


def _entity(prefix: str, number: int, name: str, at: int) -> Entity:
    linked = number % 2 == 0
    type_ = ENTITY_TYPES[number % len(ENTITY_TYPES)]
    return Entity(
        id=f"{prefix}:entity:{number}",
        name=name,
        type=type_,
        mentions=(Mention(start=at, end=at + len(name), type=type_),),
        linked=linked,
        kb_id=f"Q{number}" if linked else "",
        link_confidence=0.9 if linked else 0.0,
        aliases=(f"{name} II", f"{name} the Other") if linked else (),
        description=f"entry {number} of the entity index" if linked else "",
    )


def _statements(dice: random.Random, entities: tuple[Entity, ...], hub: str) -> Iterator[Statement]:
    ids = [entity.id for entity in entities]
    seen: set[tuple[str, str, str]] = set()
    while len(seen) < STATEMENTS:
        head, tail = dice.sample(ids, 2)
        if hub and len(seen) % 2:
            head, tail = (hub, tail) if tail != hub else (head, hub)
        relation = dice.choices(RELATIONS.ids, cum_weights=ZIPF)[0]
        if (head, relation, tail) in seen:
            continue
        seen.add((head, relation, tail))
        margin = dice.uniform(0.1, 9.0)
        yield Statement(
            head=head,
            relation=relation,
            tail=tail,
            margin=margin,
            probability=margin / 10,
            sentences=(len(seen) % 8,),
            text=_sentence(dice),
        )


def _sentence(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=22))
