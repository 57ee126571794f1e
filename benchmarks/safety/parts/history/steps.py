"""What may happen to documents, entries, checkpoints and edges.

A step is a name, a document's number and a seed, so that a history is a list that can be shortened.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from benchmarks.safety.parts.history import judging
from benchmarks.safety.parts.history.documents import Documents
from benchmarks.safety.parts.history.engine import killed
from benchmarks.safety.parts.history.world import CHECKPOINTS, NO_TIME, World
from flows.forget import erase
from graph.model.records import Correction
from graph.reading.snapshot import snapshot

Step = tuple[str, int, int]
"""What happens, to which document, and a seed for its details."""
DOCUMENTS = 6
KILLED = 0.15
"""Share of the commands that are killed."""
WEIGHTS = {
    "write": 6,
    "redact": 3,
    "empty": 2,
    "mark deleted": 2,
    "remove": 2,
    "spoil": 1,
    "refuse": 1,
    "ingest": 7,
    "ingest a part": 2,
    "ingest guarded": 2,
    "reconcile guarded": 1,
    "dry run": 1,
    "replay": 2,
    "replay failed": 1,
    "reconcile": 3,
    "backfill": 2,
    "backfill a part": 1,
    "forget": 1,
    "confirm": 3,
    "reject": 3,
    "correct": 2,
    "withdraw": 3,
    "promote": 2,
    "merge": 2,
    "change entry": 1,
    "appear": 1,
}
NAMES = [name for name, weight in WEIGHTS.items() for _ in range(weight)]


@dataclass(slots=True)
class History:
    """A graph that lives through steps."""

    world: World
    followed: dict[str, str] = field(default_factory=dict)
    """The merged ids that the graph has followed."""
    unsure: bool = False
    """Whether some verdicts may have followed merged ids, and others not yet."""
    anew: set[str] = field(default_factory=set)
    """Sources to be read from their beginning: they hold a document that was forgotten."""

    def take(self, steps: Iterable[Step]) -> None:
        """Do steps, one after the other."""
        for name, number, seed in steps:
            randomness = random.Random(seed)
            getattr(self, f"_{name.replace(' ', '_')}")(number, randomness)

    def finish(self, seed: int, *, whole: bool) -> None:
        """Mend the documents, and run what brings the graph up to date, in some order.

        Args:
            seed: for the order.
            whole: also extract again what another checkpoint extracted.
        """
        self.world.refused.clear()
        for source in self.world.sources:
            source.mend()
        commands: list[Callable[[], None]] = [
            lambda: self._each(self._ingest_all),
            lambda: self._each(self._reconcile_all),
            lambda: self._each(self._replay_all),
            lambda: self._each(self._backfill_all) if whole else self._settle(),
        ]
        random.Random(seed).shuffle(commands)
        for command in commands:
            command()

    def clean_run(self, verdicts: list[Correction], extracted: dict[str, str]) -> None:
        """Empty the graph and write what there is in the end, once.

        Args:
            verdicts: with the records of their entities.
            extracted: document -> which checkpoint has extracted it.
        """
        champion = self.world.models.champion().name
        self.world.empty()
        others = {id_ for id_, name in extracted.items() if not name.startswith(f"{champion}@")}
        if others:
            self._promote(0, random.Random())
            for source in self.world.sources:
                source.save({own for own in source.records if source.id_of(own) in others})
                self.world.ingest(source)
            self.world.promote(champion)
        self.world.correct(verdicts)
        for source in self.world.sources:
            source.save()
            self.world.ingest(source, everything=True)
        if others:
            self._settle()

    def _each(self, act: Callable[[Documents], None]) -> None:
        for source in self.world.sources:
            act(source)

    # ---- what happens to documents

    def _source(self, number: int) -> Documents:
        return self.world.sources[number % len(self.world.sources)]

    def _write(self, number: int, randomness: random.Random) -> None:
        self._source(number).write(f"d{number}", randomness)

    def _redact(self, number: int, randomness: random.Random) -> None:
        self._source(number).redact(f"d{number}", randomness)

    def _empty(self, number: int, randomness: random.Random) -> None:
        self._source(number).empty(f"d{number}", randomness)

    def _mark_deleted(self, number: int, _: random.Random) -> None:
        self._source(number).mark_deleted(f"d{number}")

    def _remove(self, number: int, _: random.Random) -> None:
        self._source(number).remove(f"d{number}")

    def _spoil(self, number: int, _: random.Random) -> None:
        self._source(number).spoil(f"d{number}")

    def _refuse(self, number: int, randomness: random.Random) -> None:
        """Let the extractor fail at a document for a while, whatever it says."""
        self.world.refused.clear()
        if randomness.random() < 0.7:
            self.world.refused.add(self._source(number).id_of(f"d{number}"))

    # ---- commands

    def _command(
        self, randomness: random.Random, command: Callable[[], object], *, follows: bool
    ) -> None:
        """Run a command, or kill it in the middle.

        Args:
            randomness: decides that.
            command: to run.
            follows: whether it lets the graph follow merged ids.
        """
        merged = self.world.entries.merged
        if randomness.random() < KILLED:
            at, committed = randomness.randint(1, 8), randomness.random() < 0.5
            if killed(command, at=at, committed=committed):
                self.world.new_process()
                self.unsure |= merged != self.followed
                return
        else:
            command()
        if follows:
            self.world.verdicts.follow(merged)
            self.followed, self.unsure = dict(merged), False
        self.unsure |= merged != self.followed

    def _ingest(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self.world.ingest(source), follows=True)

    def _ingest_a_part(self, number: int, randomness: random.Random) -> None:
        source, limit = self._source(number), randomness.randint(1, 3)
        self._command(
            randomness,
            lambda: self.world.ingest(source, limit=limit, batch_documents=1),
            follows=True,
        )

    def _ingest_guarded(self, number: int, randomness: random.Random) -> None:
        """Read a source, but retract nothing: what is to go waits for a run that may."""
        source = self._source(number)
        self._command(randomness, lambda: self._guarded(self.world.ingest, source), follows=True)

    def _reconcile_guarded(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self._guarded(self.world.reconcile, source), follows=True)

    def _guarded(self, command: Callable[..., None], source: Documents) -> None:
        held = self.world.graph.documents(source.name)
        command(source, max_retracted_share=0.0)
        assert self.world.graph.documents(source.name) >= held

    def _dry_run(self, number: int, _: random.Random) -> None:
        before = snapshot(self.world.graph)
        self.world.ingest(self._source(number), dry_run=True)
        assert snapshot(self.world.graph) == before

    def _replay(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        ids = [source.id_of(f"d{each}") for each in range(1, DOCUMENTS + 1)]
        some = randomness.sample(ids, randomness.randint(1, 2))
        self._command(randomness, lambda: self.world.replay(source, *some), follows=False)

    def _replay_failed(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self.world.replay(source), follows=False)

    def _reconcile(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self.world.reconcile(source), follows=True)

    def _backfill(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self.world.backfill(source), follows=False)

    def _backfill_a_part(self, number: int, randomness: random.Random) -> None:
        source = self._source(number)
        self._command(randomness, lambda: self.world.backfill(source, limit=1), follows=False)

    def _forget(self, number: int, randomness: random.Random) -> None:
        """Erase a document, which its source may have still."""
        source = self._source(number)
        if randomness.random() < 0.5:
            source.remove(f"d{number}")
        else:
            self.anew.add(source.name)
        document = source.id_of(f"d{number}")

        def command() -> None:
            assert erase(document).complete

        self._command(randomness, command, follows=False)

    def _promote(self, _: int, __: random.Random) -> None:
        serving = self.world.models.champion().name
        self.world.promote(next(name for name in CHECKPOINTS if name != serving))

    def _ingest_all(self, source: Documents) -> None:
        self.world.ingest(source, everything=source.name in self.anew)
        self.world.verdicts.follow(self.world.entries.merged)

    def _reconcile_all(self, source: Documents) -> None:
        self.world.reconcile(source)
        self.world.verdicts.follow(self.world.entries.merged)

    def _backfill_all(self, source: Documents) -> None:
        self.world.backfill(source)

    def _replay_all(self, source: Documents) -> None:
        if self.world.graph.failures(source.name):
            self.world.replay(source)

    def _settle(self) -> None:
        self.world.backfill(self.world.sources[0], minutes=NO_TIME)

    # ---- what happens to the knowledge base

    def _merge(self, _: int, randomness: random.Random) -> None:
        self.world.entries.merge(randomness)
        self.world.new_process()

    def _change_entry(self, _: int, randomness: random.Random) -> None:
        self.world.entries.change(randomness)
        self.world.new_process()

    def _appear(self, _: int, __: random.Random) -> None:
        """Let a name have an entry, unless people judged a NIL: whom they meant is not modelled."""
        if not any("nil:" in end for edge in self.world.verdicts.standing for end in edge):
            self.world.entries.appear()
            self.world.new_process()

    # ---- what people say; not while nobody knows which ids their verdicts are under

    def _confirm(self, _: int, randomness: random.Random) -> None:
        if not self.unsure:
            judging.judge(self.world, "confirmed", randomness)

    def _reject(self, _: int, randomness: random.Random) -> None:
        if not self.unsure:
            judging.judge(self.world, "rejected", randomness)

    def _correct(self, _: int, randomness: random.Random) -> None:
        if not self.unsure:
            judging.correct(self.world, randomness)

    def _withdraw(self, _: int, randomness: random.Random) -> None:
        if not self.unsure:
            judging.withdraw(self.world, randomness)
