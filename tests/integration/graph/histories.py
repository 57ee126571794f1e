"""Histories of a graph: documents come, change and go, people judge edges, checkpoints follow.

`History` does each step to a real graph and remembers what the documents are in the end, so that
the graph can be compared with one that only ever saw that end.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from extractor.schema import Entity, Extraction
from graph.client import Graph
from graph.errors import GraphRejected
from graph.model.records import Champion, Correction, RunInfo
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

CHAMPION = RUN
NEXT_CHAMPION = replace(RUN, id="run-2", checkpoint="champion@2")
ENTITIES = ("wikidata:Q1", "wikidata:Q2", "wikidata:Q3", "nil:tea", "nil:eve")
OFTEN = ("P19", "P19", "P19", "P69", "P131")
"""Relations of statements: so few that documents often state the same edge."""
TYPES = ("PER", "LOC", "ORG")
DOCUMENTS = 4

Step = tuple[str, int, int]
"""What happens, to which document or entity, and a seed for its details."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["write"] * 4
            + ["write all", "delete", "delete", "run again", "extract again", "promote"]
            + ["retype", "confirm", "confirm", "reject", "withdraw", "assert above"]
        ),
        st.integers(1, DOCUMENTS),
        st.integers(0, 1_000),
    ),
    min_size=4,
    max_size=12,
)


@dataclass(slots=True)
class History:
    """A graph, and what it should say."""

    graph: Graph
    run: RunInfo = CHAMPION
    written: dict[int, tuple[Extraction, RunInfo]] = field(default_factory=dict)
    """Document number -> what was last extracted from it, and by which run."""
    assert_above: float = 0.5
    """The setting of the day."""
    versions: dict[str, int] = field(default_factory=dict)
    """Entity id -> how often the entity index changed it."""

    def take(self, steps: Iterable[Step]) -> None:
        """Do steps, one after the other."""
        for name, number, seed in steps:
            getattr(self, f"_{name.replace(' ', '_')}")(number, random.Random(seed))

    def replay(self, graph: Graph, corrections: Iterable[Correction]) -> None:
        """Write what there is in the end, and nothing else, into an empty graph."""
        graph.verdicts(self._champion).store(list(corrections))
        for run in (CHAMPION, NEXT_CHAMPION):
            own = [made for made, by in self.written.values() if by == run]
            graph.writer(run, RELATIONS, assert_above=self.assert_above).upsert(own)

    @property
    def _champion(self) -> Champion:
        return Champion(self.run.checkpoint, RELATIONS, self.assert_above)

    def _assert_above(self, number: int, _: random.Random) -> None:
        self.assert_above = number / DOCUMENTS
        writer = self.graph.writer(
            self.run, RELATIONS, batch_documents=number, assert_above=self.assert_above
        )
        list(writer.follow_setting())

    def _write(self, number: int, randomness: random.Random) -> None:
        self._upsert({number: self._extraction(number, randomness)})

    def _write_all(self, _: int, randomness: random.Random) -> None:
        numbers = range(1, DOCUMENTS + 1)
        self._upsert({number: self._extraction(number, randomness) for number in numbers})

    def _delete(self, number: int, _: random.Random) -> None:
        self.graph.writer(self.run, RELATIONS, assert_above=self.assert_above).retract(
            [f"tests:{number}"]
        )
        self.written.pop(number, None)

    def _run_again(self, _: int, randomness: random.Random) -> None:
        own = {number: made for number, (made, run) in self.written.items() if run == self.run}
        self._upsert(own, batch=randomness.randint(1, DOCUMENTS))

    def _extract_again(self, number: int, randomness: random.Random) -> None:
        """Let the champion of the day read an unchanged document."""
        if number in self.written:
            before, _ = self.written[number]
            after = replace(before, statements=self._extraction(number, randomness).statements)
            known = {entity.id for entity in before.entities}
            kept = tuple(s for s in after.statements if {s.head, s.tail} <= known)
            self._upsert({number: replace(after, statements=kept)})

    def _promote(self, _: int, __: random.Random) -> None:
        self.run = NEXT_CHAMPION

    def _retype(self, number: int, randomness: random.Random) -> None:
        """Change an entity in the index; all documents that mention it are extracted again."""
        id_ = f"wikidata:Q{1 + number % 3}"
        self.versions[id_] = self.versions.get(id_, 0) + 1
        again = {
            number: replace(made, entities=tuple(map(self._indexed, made.entities)))
            for number, (made, _) in self.written.items()
            if any(entity.id == id_ for entity in made.entities)
        }
        self._upsert(again, batch=randomness.randint(1, DOCUMENTS))

    def _confirm(self, number: int, randomness: random.Random) -> None:
        self._judge("confirmed", number, randomness)

    def _reject(self, number: int, randomness: random.Random) -> None:
        self._judge("rejected", number, randomness)

    def _judge(self, verdict: str, number: int, randomness: random.Random) -> None:
        head, relation, tail = self._edge(number, randomness)
        correction = Correction(
            head=head,
            relation=relation,
            tail=tail,
            verdict=verdict,
            by="me",
            at=f"2026-02-{randomness.randint(1, 28):02}T00:00:00Z",
        )
        try:
            self.graph.verdicts(self._champion).store([correction])
        except GraphRejected as error:
            assert "no entity" in str(error)  # noqa: PT017 - a step that could not be taken

    def _withdraw(self, number: int, _: random.Random) -> None:
        corrections = list(self.graph.corrections())
        if corrections:
            chosen = corrections[number % len(corrections)]
            assert self.graph.verdicts(self._champion).withdraw(
                chosen.head, chosen.relation, chosen.tail
            )

    def _edge(self, number: int, randomness: random.Random) -> tuple[str, str, str]:
        """Return an edge that a document states, or any."""
        if number in self.written and randomness.random() < 0.7:
            made, _ = self.written[number]
            if made.statements:
                statement = randomness.choice(made.statements)
                return statement.head, statement.relation, statement.tail
        head, tail = randomness.sample(ENTITIES, 2)
        return head, randomness.choice(OFTEN), tail

    def _extraction(self, number: int, randomness: random.Random) -> Extraction:
        entities = randomness.sample(ENTITIES, k=randomness.choice((0, 2, 3, 4, 5)))
        pairs = [(head, tail) for head in entities for tail in entities if head != tail]
        chosen = randomness.sample(pairs, k=min(len(pairs), randomness.randint(0, 10)))
        made = extraction(
            number,
            entities=entities,
            triples=[(head, randomness.choice(OFTEN), tail) for head, tail in chosen],
            surface=randomness.randint(0, 2),
            probability=randomness.random(),
            margin=randomness.uniform(0.001, 9.0),
            sentence=f"Sentence {randomness.randint(1, 3)}.",
            day=randomness.randint(1, 28),
            confidence=randomness.choice((0.5, 0.8, 1.0)),
        )
        return replace(made, entities=tuple(map(self._indexed, made.entities)))

    def _indexed(self, entity: Entity) -> Entity:
        """Return an entity as the index knows it today."""
        version = self.versions.get(entity.id)
        if version is None:
            return entity
        name = f"{entity.id} {version}"
        return replace(entity, type=TYPES[version % len(TYPES)], name=name, description=name)

    def _upsert(self, documents: dict[int, Extraction], batch: int = DOCUMENTS) -> None:
        writer = self.graph.writer(
            self.run, RELATIONS, batch_documents=batch, assert_above=self.assert_above
        )
        writer.upsert(list(documents.values()))
        for number, made in documents.items():
            self.written[number] = (made, self.run)
