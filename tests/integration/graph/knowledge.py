"""A knowledge base that changes under a graph: entries appear, are merged, and vanish.

Documents name senses, some of them by one name (two people called Charles, Paris and Paris in
Texas). What a sense is linked to, the knowledge base of the day says, so that a document extracted
twice may give other entities. `History` keeps a graph beside it, as `ingest` does.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.client import Graph
from graph.model.records import Champion, Correction
from tests.unit.graph.extractions import RELATIONS, RUN

SENSES = {
    "paris": ("Paris", "LOC"),
    "paris in texas": ("Paris", "LOC"),
    "the met": ("The Met", "ORG"),
    "the museum": ("Metropolitan Museum", "ORG"),
    "charles of france": ("Charles", "PER"),
    "charles of england": ("Charles", "PER"),
}
"""Sense -> its name in documents, and its type."""
NAMED = (
    ("paris", "the met", "charles of france"),
    ("paris", "the museum", "the met"),
    ("paris in texas", "the met", "charles of england"),
    ("paris in texas", "paris", "charles of france", "the museum"),
)
"""The senses that each document names, in the order of its text."""

Step = tuple[str, int]
"""What happens, and a seed for its details."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["appear"] * 3 + ["merge"] * 3 + ["vanish", "follow", "ingest", "ingest some", "judge"]
        ),
        st.integers(0, 1_000),
    ),
    min_size=4,
    max_size=10,
)


@dataclass(slots=True)
class Knowledge:
    """Which entry a sense has, if any, and which ids were merged into which."""

    ids: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def appear(self, sense: str) -> str:
        """Give a sense an entry, if it has none; return its id."""
        if sense not in self.ids:
            self.made += 1
            self.ids[sense] = f"wikidata:Q{self.made}"
        return self.ids[sense]

    def merge(self, old: str, new: str) -> None:
        """Merge an entry into another; what had been merged into it goes along."""
        for mapping in (self.ids, self.merged):
            mapping.update({key: new for key, id_ in mapping.items() if id_ == old})
        self.merged[old] = new

    def vanish(self, id_: str) -> None:
        """Let an entry be no more, and nothing of it known."""
        self.ids = {sense: own for sense, own in self.ids.items() if own != id_}
        self.merged = {old: new for old, new in self.merged.items() if new != id_}


def entry(id_: str) -> Entity:
    """Return the record of an entry."""
    number = int(id_.removeprefix("wikidata:Q"))
    return Entity(
        id=id_,
        name=f"Entry {number}",
        type=("LOC", "ORG")[number % 2],
        mentions=(),
        linked=True,
        kb_id=f"Q{number}",
        aliases=(f"Alias {number}",),
        description=f"entry number {number}",
    )


def extracted(number: int, ids: Mapping[str, str]) -> Extraction:
    """Return what a document says where senses have these entries."""
    text, mentions = "", {}
    for sense in NAMED[number]:
        name, type_ = SENSES[sense]
        mentions[sense] = Mention(start=len(text), end=len(text) + len(name), type=type_)
        text += f"{name} "
    document = Document(
        id=f"tests:{number}",
        source="tests",
        title=f"Document {number}",
        text=text,
        updated_at=f"2026-01-{number + 1:02}T12:00:00Z",
    )
    of = {sense: ids.get(sense) or _nil(document, sense) for sense in NAMED[number]}
    entities: dict[str, Entity] = {}
    for sense, id_ in of.items():
        known = entities[id_].mentions if id_ in entities else ()
        entities[id_] = _entity(id_, sense, (*known, mentions[sense]), confidence=number / 10)
    return Extraction(
        document=document,
        entities=tuple(entities.values()),
        statements=tuple(_statements(number, of)),
    )


def _nil(document: Document, sense: str) -> str:
    name, type_ = SENSES[sense]
    scope = document.id if type_ == "PER" else "everywhere"
    return f"nil:{type_} {name} {scope}"


def _entity(id_: str, sense: str, mentions: tuple[Mention, ...], *, confidence: float) -> Entity:
    if id_.startswith("nil:"):
        name, type_ = SENSES[sense]
        return Entity(id=id_, name=name, type=type_, mentions=mentions)
    known = entry(id_)
    return Entity(
        id=id_,
        name=known.name,
        type=known.type,
        mentions=mentions,
        linked=True,
        kb_id=known.kb_id,
        link_confidence=confidence,
        aliases=known.aliases,
        description=known.description,
    )


def _statements(number: int, of: Mapping[str, str]) -> Iterable[Statement]:
    """Yield what a model says of the senses; of one edge that it finds twice, the surer."""
    randomness = random.Random(number)
    best: dict[tuple[str, str, str], Statement] = {}
    for head in of:
        for tail in of:
            relation = randomness.choice(("P19", "P131"))
            margin = round(randomness.uniform(0.1, 9.0), 4)
            text = f"Sentence {randomness.randint(1, 3)}."
            key = (of[head], relation, of[tail])
            if key[0] == key[2] or (key in best and best[key].margin > margin):
                continue
            best[key] = Statement(
                head=key[0],
                relation=relation,
                tail=key[2],
                margin=margin,
                probability=margin / 10,
                sentences=(0,),
                text=text,
            )
    return best.values()


@dataclass(slots=True)
class History:
    """A graph that follows a knowledge base."""

    graph: Graph
    known: Knowledge = field(default_factory=Knowledge)
    seen: set[str] = field(default_factory=set)
    """Every entity id that the graph ever had."""

    def take(self, steps: Iterable[Step]) -> None:
        """Do steps, one after the other; then do what an ingest does: follow, and extract all."""
        self.ingest(range(len(NAMED)))
        for name, seed in steps:
            randomness = random.Random(seed)
            getattr(self, f"_{name.replace(' ', '_')}")(randomness)
        self.follow()
        self.ingest(range(len(NAMED)))

    def follow(self) -> None:
        """Let the graph follow what was merged."""
        for old, new in sorted(self.known.merged.items()):
            self.graph.writer(RUN, RELATIONS, batch_documents=1).rekey(old, entry(new))

    def ingest(self, numbers: Iterable[int]) -> None:
        """Extract documents as the knowledge base is today."""
        made = [extracted(number, self.known.ids) for number in numbers]
        self.seen |= {entity.id for each in made for entity in each.entities}
        self.graph.writer(RUN, RELATIONS, batch_documents=2).upsert(made)

    def _appear(self, randomness: random.Random) -> None:
        self.known.appear(randomness.choice(list(SENSES)))

    def _merge(self, randomness: random.Random) -> None:
        old = self.known.appear(randomness.choice(list(SENSES)))
        new = self.known.appear(randomness.choice(list(SENSES)))
        if old != new:
            self.known.merge(old, new)

    def _vanish(self, randomness: random.Random) -> None:
        if self.known.ids:
            self.known.vanish(randomness.choice(sorted(self.known.ids.values())))

    def _follow(self, _: random.Random) -> None:
        self.follow()

    def _ingest(self, _: random.Random) -> None:
        self.ingest(range(len(NAMED)))

    def _ingest_some(self, randomness: random.Random) -> None:
        """Extract a part, as an ingest that was killed."""
        self.ingest(randomness.sample(range(len(NAMED)), k=2))

    def _judge(self, randomness: random.Random) -> None:
        edges = self.graph.query(
            "MATCH (h:Entity)-[r]->(t:Entity) RETURN h.id AS h, r.id AS r, t.id AS t"
        )
        edge = randomness.choice(sorted((each["h"], each["r"], each["t"]) for each in edges))
        verdict = Correction(
            head=edge[0],
            relation=edge[1],
            tail=edge[2],
            verdict=randomness.choice(("confirmed", "rejected")),
            by="me",
            at=f"2026-02-{randomness.randint(1, 28):02}T00:00:00Z",
        )
        self.graph.verdicts(Champion(RUN.checkpoint, RELATIONS)).store([verdict])
