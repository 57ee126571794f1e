"""A made-up graph to ask: people, places, organizations, dates and works in 2,000 documents.

A document states 20 things of a person and of what it names on the way, most of them true, that is,
what other documents state too. A few people are in very many documents and most in few, as in any
archive; places lie in regions and countries, and a person has one birth place but for rumours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.parts.report import ROOT
from extractor.manifest import read_vocabulary
from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.client import Graph
from graph.model.records import Champion, Correction, RunInfo

RELATIONS = read_vocabulary(ROOT / "models" / "factloom-minilm")
SOURCES = ("mine", "mine", "wires", "wires", "wires", "reports")
STATEMENTS, BATCH = 20, 500
POOLS = {"PER": 6_000, "LOC": 800, "ORG": 1_500, "TIME": 400, "MISC": 1_500}
"""How many entities of a type there are."""
SKEW = 2
"""The higher, the more documents begin with the same few people."""
COUNTRIES, TOWNS_OF_A_REGION = 40, 5
OF_SUBJECT, OF_OTHER, RUMOUR = 0.5, 0.1, 0.1
"""How often a statement is of the subject, how often of somebody not yet named, and how often it is
not what other documents say."""
HOLDS_BETWEEN = {
    "P17": ("LOC", "LOC", 6),
    "P131": ("LOC", "LOC", 6),
    "P27": ("PER", "LOC", 6),
    "P19": ("PER", "LOC", 3),
    "P20": ("PER", "LOC", 2),
    "P569": ("PER", "TIME", 4),
    "P570": ("PER", "TIME", 2),
    "P26": ("PER", "PER", 2),
    "P22": ("PER", "PER", 1),
    "P40": ("PER", "PER", 1),
    "P3373": ("PER", "PER", 2),
    "P108": ("PER", "ORG", 3),
    "P69": ("PER", "ORG", 2),
    "P463": ("PER", "ORG", 2),
    "P166": ("PER", "MISC", 1),
    "P112": ("ORG", "PER", 1),
    "P159": ("ORG", "LOC", 2),
    "P127": ("ORG", "ORG", 1),
    "P571": ("ORG", "TIME", 1),
    "P50": ("MISC", "PER", 2),
    "P577": ("MISC", "TIME", 1),
}
"""Relation -> the types of its head and tail, and how often it is stated."""
OFTEN_TRUE = {"P40": 3, "P3373": 3, "P108": 3, "P69": 2, "P463": 4, "P166": 3, "P112": 2}
"""Of how many things a relation can be true at once; of one, where it is not here."""
FAMOUS = {
    ("PER", 0): ("wikidata:Q7186", "Marie Curie"),
    ("PER", 1): ("wikidata:Q37463", "Pierre Curie"),
    ("LOC", 1): ("wikidata:Q142", "France"),
    ("LOC", 0): ("wikidata:Q27", "Ireland"),
    ("LOC", 2): ("wikidata:Q805120", "Ballymote"),
    ("ORG", 0): ("wikidata:Q209842", "University of Paris"),
}
"""Those that the cookbook asks for, among the most frequent of their type."""
FAMOUS_DOCUMENTS = {7: "samples:marie-curie"}
SURNAMES = [
    "Ashe",
    "Brenn",
    "Calder",
    "Dunmore",
    "Eliot",
    "Farrell",
    "Gage",
    "Hollis",
    "Ivers",
    "Jardine",
]
PLACES = ["Aldford", "Brigg", "Corran", "Dale", "Easton", "Ferns", "Garve", "Holt", "Inver", "Keld"]
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
    graph.writer(RUN, RELATIONS).start_run()
    written = extractions()
    judged: list[Statement] = []
    while batch := list(islice(written, min(BATCH, documents))):
        graph.writer(RUN, RELATIONS).upsert(batch)
        judged += [statement for each in batch for statement in each.statements[:1]][::25]
        documents -= len(batch)
    graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store(list(_verdicts(judged)))


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
    subject = ("PER", 0 if number in FAMOUS_DOCUMENTS else _skewed(dice, "PER"))
    triples = _triples(dice, subject)
    keys = dict.fromkeys([subject, *(end for head, _, tail in triples for end in (head, tail))])
    entities: dict[tuple[str, int], Entity] = {}
    at = 0
    for key in keys:
        entities[key] = _entity(*key, at)
        at += len(entities[key].name) + 1
    id_ = FAMOUS_DOCUMENTS.get(number, f"{source}:{number}")
    document = Document(
        id=id_,
        source=id_.partition(":")[0],
        title=" and ".join(entity.name for entity in list(entities.values())[:2]),
        text=" ".join(entity.name for entity in entities.values()),
        updated_at=f"{2019 + number % 8}-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00Z",
        url=f"https://example.org/{number}",
    )
    statements = tuple(
        _statement(dice, entities[head].id, relation, entities[tail].id)
        for head, relation, tail in triples
    )
    return Extraction(document=document, entities=tuple(entities.values()), statements=statements)


def _skewed(dice: random.Random, type_: str) -> int:
    return int(POOLS[type_] * dice.random() ** SKEW)


def _triples(
    dice: random.Random, subject: tuple[str, int]
) -> list[tuple[tuple[str, int], str, tuple[str, int]]]:
    """Return what a document states: of its subject, and of what it names on the way."""
    heads = [subject]
    found: dict[tuple[tuple[str, int], str, tuple[str, int]], None] = {}
    while len(found) < STATEMENTS:
        if dice.random() < OF_OTHER:
            heads.append(("PER", _skewed(dice, "PER")))
        head = subject if dice.random() < OF_SUBJECT else dice.choice(heads)
        weights = {
            relation: often
            for relation, (type_, _, often) in HOLDS_BETWEEN.items()
            if type_ == head[0]
        }
        if not weights:  # nothing is said of times
            continue
        relation = dice.choices(list(weights), list(weights.values()))[0]
        tail = (HOLDS_BETWEEN[relation][1], _tail(dice, head, relation))
        if tail != head:
            found[head, relation, tail] = None
            heads.append(tail)
    return list(found)


def _tail(dice: random.Random, head: tuple[str, int], relation: str) -> int:
    """Return what a relation is true of, the same in every document, or a rumour."""
    type_, number = HOLDS_BETWEEN[relation][1], head[1]
    if dice.random() < RUMOUR:
        return _skewed(dice, type_)
    if relation == "P131":
        return number // TOWNS_OF_A_REGION
    if relation == "P26":
        return number ^ 1
    way = dice.randrange(OFTEN_TRUE.get(relation, 1))
    truth = random.Random(f"{head} {relation} {way}")
    return truth.randrange(COUNTRIES) if relation in {"P17", "P27"} else _skewed(truth, type_)


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


def _statement(dice: random.Random, head: str, relation: str, tail: str) -> Statement:
    probability = dice.uniform(0.3, 0.99)
    return Statement(
        head=head,
        relation=relation,
        tail=tail,
        margin=10 * probability,
        probability=probability,
        sentences=(dice.randrange(8),),
        text=" ".join(dice.choices(WORDS, k=22)),
    )
