"""Small extractions and a random corpus of them, with everything that meets in a real graph."""

from __future__ import annotations

import random
from collections.abc import Sequence

from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.model.records import RunInfo

RELATIONS = RelationVocabulary(
    {"P19": "place of birth", "P69": "educated at", "P131": "located in", "P22": "father"}
)
RUN = RunInfo(
    id="run-1",
    flow="ingest",
    checkpoint="champion@1",
    config_hash="config",
    git_sha="abc",
    started_at="2026-11-23T00:00:00Z",
)

LINKED = {
    f"wikidata:Q{number}": (f"Name {number}", type_)
    for number, type_ in enumerate(("PER", "LOC", "ORG", "LOC", "PER", "MISC"), start=1)
}
NIL_SURFACES = {
    "nil:tea": ("MISC", ("Tea House", "The Tea House", "Tea Hous")),
    "nil:1848": ("TIME", ("1848",)),
    "nil:ten": ("NUM", ("ten", "Ten")),
    "nil:eve": ("PER", ("Eve", "Éve")),
}


def extraction(
    number: int = 1,
    *,
    entities: Sequence[str] = ("wikidata:Q1", "wikidata:Q2"),
    triples: Sequence[tuple[str, str, str]] = (("wikidata:Q1", "P19", "wikidata:Q2"),),
    surface: int = 0,
    probability: float = 0.5,
    margin: float = 1.0,
    sentence: str = "One was born in Two.",
    day: int = 1,
    confidence: float = 1.0,
) -> Extraction:
    """Return what one document says; its text is the names of its entities in a row."""
    records: list[Entity] = []
    text = ""
    for id_ in entities:
        written, type_ = _written(id_, surface)
        mention = Mention(start=len(text), end=len(text) + len(written), type=type_)
        text += f"{written} "
        records.append(_entity(id_, written, mention, confidence=confidence))
    return Extraction(
        document=Document(
            id=f"tests:{number}",
            source="tests",
            title=f"Document {number}",
            text=text + sentence,
            updated_at=f"2026-01-{day:02}T12:00:00Z",
        ),
        entities=tuple(records),
        statements=tuple(
            Statement(
                head=head,
                relation=relation,
                tail=tail,
                margin=margin,
                probability=probability,
                sentences=(0,),
                text=sentence,
            )
            for head, relation, tail in triples
        ),
        unscored_pairs=number % 3,
    )


def random_extraction(number: int, randomness: random.Random) -> Extraction:
    """Return a document that shares entities, edges and sentences with the others."""
    entities = randomness.sample([*LINKED, *NIL_SURFACES], k=randomness.randint(0, 5))
    pairs = [(head, tail) for head in entities for tail in entities if head != tail]
    chosen = randomness.sample(pairs, k=min(len(pairs), randomness.randint(0, 6)))
    return extraction(
        number,
        entities=entities,
        triples=[(head, randomness.choice(RELATIONS.ids), tail) for head, tail in chosen],
        surface=randomness.randint(0, 2),
        probability=randomness.random(),
        margin=randomness.uniform(0.001, 9.0),
        sentence=f"Sentence {randomness.randint(1, 4)}.",
        day=randomness.randint(1, 28),
        confidence=(number % 10) / 10,
    )


def random_corpus(size: int, seed: int) -> list[Extraction]:
    """Return documents 1 to `size`, the same for the same seed."""
    randomness = random.Random(seed)
    return [random_extraction(number, randomness) for number in range(1, size + 1)]


def _written(id_: str, surface: int) -> tuple[str, str]:
    if id_ in LINKED:
        return LINKED[id_]
    type_, surfaces = NIL_SURFACES[id_]
    return surfaces[surface % len(surfaces)], type_


def _entity(id_: str, written: str, mention: Mention, *, confidence: float) -> Entity:
    if id_ not in LINKED:
        return Entity(id=id_, name=written, type=mention.type, mentions=(mention,))
    name, type_ = LINKED[id_]
    return Entity(
        id=id_,
        name=name,
        type=type_,
        mentions=(mention,),
        linked=True,
        kb_id=id_.removeprefix("wikidata:"),
        link_confidence=confidence,
        aliases=(f"{name} the Known", name.upper()),
        description=f"known as {name}",
    )
