"""A made-up graph to ask: people, places, organizations, dates and works in 2,000 documents.

A document has 12 entities and 20 statements. A few entities are in very many documents and most in
few, as in any archive; each relation holds between the types that it holds between in the world.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.report import ROOT
from extractor.manifest import read_vocabulary
from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.client import Graph
from graph.records import Correction, RunInfo

RELATIONS = read_vocabulary(ROOT / "models" / "factloom-minilm")
SOURCES = ("mine", "mine", "wires", "wires", "wires", "reports")
ENTITIES, STATEMENTS, BATCH = 12, 20, 500
TYPES = ("PER", "PER", "PER", "PER", "LOC", "LOC", "LOC", "LOC", "ORG", "ORG", "TIME", "MISC")
"""Of the entities of a document."""
NEW_OF_TYPE = {"PER": 3.0, "LOC": 0.5, "ORG": 1.0, "TIME": 0.3, "MISC": 1.0}
"""By which the pool of a type grows with each document."""
HOLDS_BETWEEN = {
    "P17": ("LOC", "LOC", 9),
    "P131": ("LOC", "LOC", 6),
    "P361": ("LOC", "LOC", 1),
    "P27": ("PER", "LOC", 6),
    "P19": ("PER", "LOC", 3),
    "P20": ("PER", "LOC", 2),
    "P569": ("PER", "TIME", 4),
    "P570": ("PER", "TIME", 2),
    "P26": ("PER", "PER", 1),
    "P22": ("PER", "PER", 1),
    "P40": ("PER", "PER", 1),
    "P3373": ("PER", "PER", 1),
    "P108": ("PER", "ORG", 3),
    "P69": ("PER", "ORG", 2),
    "P463": ("PER", "ORG", 2),
    "P112": ("ORG", "PER", 1),
    "P159": ("ORG", "LOC", 2),
    "P127": ("ORG", "ORG", 1),
    "P355": ("ORG", "ORG", 1),
    "P571": ("ORG", "TIME", 1),
    "P50": ("MISC", "PER", 2),
    "P577": ("MISC", "TIME", 1),
    "P166": ("PER", "MISC", 1),
}
"""Relation -> the types of its head and tail, and how often it is stated."""
FAMOUS = {
    ("PER", 0): ("wikidata:Q7186", "Marie Curie"),
    ("PER", 1): ("wikidata:Q37463", "Pierre Curie"),
    ("LOC", 0): ("wikidata:Q142", "France"),
    ("LOC", 1): ("wikidata:Q27", "Ireland"),
    ("LOC", 2): ("wikidata:Q805120", "Ballymote"),
    ("ORG", 0): ("wikidata:Q209842", "University of Paris"),
}
"""Those that the cookbook asks for, among the most frequent of their type."""
FAMOUS_DOCUMENTS = {7: "samples:marie-curie"}
SURNAMES = "Ashe Brenn Calder Dunmore Eliot Farrell Gage Hollis Ivers Jardine".split()
PLACES = "Aldford Brigg Corran Dale Easton Ferns Garve Holt Inver Keld".split()
WORDS = "the of a in by from city river author built born near under great old company".split()
RUN = RunInfo(
    id="benchmark",
    flow="benchmark",
    checkpoint="made-up@1",
    config_hash="0123456789abcdef",
    git_sha="",
    started_at="2026-01-01T00:00:00Z",
)


def fill(graph: Graph, documents: int) -> None:
    """Write so many documents into an empty graph, and a person's verdicts on a few edges."""
    graph.ensure_schema()
    graph.start_run(RUN)
    written = extractions()
    judged: list[Statement] = []
    while batch := list(islice(written, min(BATCH, documents))):
        graph.upsert(batch, run=RUN, relations=RELATIONS)
        judged += [statement for each in batch for statement in each.statements[:1]][::25]
        documents -= len(batch)
    graph.correct(list(_verdicts(judged)), relations=RELATIONS, champion=RUN.checkpoint)


def _verdicts(statements: Sequence[Statement]) -> Iterator[Correction]:
    judged = {(each.head, each.relation, each.tail) for each in statements}
    for number, (head, relation, tail) in enumerate(sorted(judged)):
        yield Correction(
            head=head,
            relation=relation,
            tail=tail,
            verdict="rejected" if number % 2 else "confirmed",
            by="benchmark",
            at="2026-02-01T00:00:00Z",
        )


def extractions() -> Iterator[Extraction]:
    """Yield extractions without end, always the same ones."""
    number = 0
    while True:
        yield _extraction(number)
        number += 1


def _extraction(number: int) -> Extraction:
    dice = random.Random(number)
    source = SOURCES[number % len(SOURCES)]
    entities = tuple(_entities(dice, number))
    text = " ".join(entity.name for entity in entities)
    id_ = FAMOUS_DOCUMENTS.get(number, f"{source}:{number}")
    document = Document(
        id=id_,
        source=id_.partition(":")[0],
        title=f"{entities[0].name} and {entities[4].name}",
        text=text,
        updated_at=f"{2019 + number % 8}-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00Z",
        url=f"https://example.org/{number}",
    )
    return Extraction(
        document=document, entities=entities, statements=tuple(_statements(dice, entities))
    )


def _entities(dice: random.Random, number: int) -> Iterator[Entity]:
    chosen: set[tuple[str, int]] = set()
    at = 0
    for type_ in TYPES:
        pool = 8 + int(number * NEW_OF_TYPE[type_])
        while (key := (type_, int(pool * dice.random() ** 3))) in chosen:
            pass
        chosen.add(key)
        entity = _entity(*key, at)
        at += len(entity.name) + 1
        yield entity


def _entity(type_: str, number: int, at: int) -> Entity:
    id_, name = FAMOUS.get((type_, number), (f"wikidata:{type_}{number}", _name(type_, number)))
    linked = (type_, number) in FAMOUS or number % 3 != 0
    return Entity(
        id=id_ if linked else f"nil:{type_.lower()}{number}",
        name=name,
        type=type_,
        mentions=(Mention(start=at, end=at + len(name), type=type_),),
        linked=linked,
        kb_id=id_.partition(":")[2] if linked else "",
        link_confidence=0.9 if linked else 0.0,
        aliases=(f"{name} the Known",) if linked else (),
        description=f"entry {number} of the entity index" if linked else "",
    )


def _name(type_: str, number: int) -> str:
    names = {
        "PER": f"{WORDS[number % 7].title()} {SURNAMES[number % 10]} {number}",
        "LOC": f"{PLACES[number % 10]} {number}",
        "ORG": f"{PLACES[number % 10]} {SURNAMES[number % 9]} Company {number}",
        "TIME": f"{1800 + number % 220}" + ("" if number < 220 else f" in month {number}"),
        "MISC": f"The {SURNAMES[number % 10]} Papers {number}",
    }
    return names[type_]


def _statements(dice: random.Random, entities: Sequence[Entity]) -> Iterator[Statement]:
    of_type = {
        type_: [each.id for each in entities if each.type == type_] for type_ in NEW_OF_TYPE
    }
    weights = [often for _, _, often in HOLDS_BETWEEN.values()]
    seen: set[tuple[str, str, str]] = set()
    while len(seen) < STATEMENTS:
        relation = dice.choices(list(HOLDS_BETWEEN), weights)[0]
        head_type, tail_type, _ = HOLDS_BETWEEN[relation]
        head, tail = dice.choice(of_type[head_type]), dice.choice(of_type[tail_type])
        if head == tail or (head, relation, tail) in seen:
            continue
        seen.add((head, relation, tail))
        probability = dice.uniform(0.3, 0.99)
        yield Statement(
            head=head,
            relation=relation,
            tail=tail,
            margin=10 * probability,
            probability=probability,
            sentences=(len(seen) % 8,),
            text=" ".join(dice.choices(WORDS, k=22)),
        )
