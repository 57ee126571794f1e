"""What one run writes: each transaction waits for its turn, and holds whole documents.

`documents`, `rekeying` and `adopting` have what happens in a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from extractor.relations import RelationVocabulary
from extractor.schema import Entity, Extraction
from graph.driver.connection import Connection
from graph.driver.transaction import TRANSACTION_CHARACTERS, Transaction, chunks
from graph.model.records import Champion, CursorState, FailureRecord, RunInfo, UpsertReport
from graph.model.rows import document_rows, failure_row
from graph.reading.foreign import refuse_taken
from graph.writing import adopting, runs
from graph.writing.documents import retract_documents, write_documents
from graph.writing.rekeying import Rekeying, rekey_corrections, rekey_documents
from graph.writing.removal import delete_nodes

P = ParamSpec("P")
T = TypeVar("T")


class GraphWriter:
    """Writes to a graph for a run, whose checkpoint is the champion.

    Every method but the first two raises `Superseded` where a newer run writes to this graph,
    `GraphUnavailable` where the server did not answer, so that calling again is safe, and
    `GraphRejected` where it refused a transaction, of which nothing is stored.
    """

    def __init__(
        self,
        connection: Connection,
        run: RunInfo,
        relations: RelationVocabulary,
        batch_documents: int,
        assert_above: float,
    ) -> None:
        self._connection = connection
        self.run = run
        self._champion = Champion(run.checkpoint, relations, assert_above)
        self._batch_documents = batch_documents

    def start_run(self) -> None:
        """Remember that the run has begun; from now on, what older ones write is refused."""
        self._connection.execute_write(
            lambda transaction: runs.start(transaction, self.run, self._champion)
        )

    def finish_run(self, state: str, counts: Mapping[str, int | float]) -> None:
        """Remember how the run ended, also where it lost its place."""
        properties = {
            "state": state,
            "counts": json.dumps(dict(counts), sort_keys=True),
            "finished_at": _now(),
        }
        run = {"id": self.run.id, "started_at": self.run.started_at}
        self._connection.execute_write(
            lambda transaction: transaction.run("finish_run", **run, props=properties)
        )

    def upsert(self, extractions: Sequence[Extraction]) -> UpsertReport:
        """Write documents whole, with all that follows.

        A transaction holds a batch of them, fewer where they say very much.

        Raises:
            DocumentRejected: a document cannot be stored; its batch is not written, the ones before
                it are. The others can be sent again without it.
        """
        now = _now()
        rows = [document_rows(each, run=self.run, extracted_at=now) for each in extractions]
        batches = chunks(rows, most=self._batch_documents, characters=TRANSACTION_CHARACTERS)
        return UpsertReport.total(
            self._write(write_documents, batch, self._champion) for batch in batches
        )

    def retract(self, ids: Sequence[str], *, keep_failures: bool = False) -> UpsertReport:
        """Take documents out, with all that only they support; unknown ids do nothing.

        Args:
            ids: of the documents.
            keep_failures: remember that they failed, as their records still do.
        """
        return UpsertReport.total(
            self._write(retract_documents, batch, self._champion, keep_failures=keep_failures)
            for batch in chunks(sorted(set(ids)), most=self._batch_documents)
        )

    def rekey(self, old: str, entity: Entity) -> UpsertReport:
        """Let an entity have another id: its mentions, evidence, edges, verdicts and former ids.

        Stopped between two transactions, some documents have the old id still; the next call goes
        on from there.

        Args:
            old: its id so far; one that the graph has not does nothing.
            entity: what it is now. Its mentions do not count.

        Raises:
            GraphRejected: the new id cannot be stored; nothing is.
        """
        rekeying, limit = Rekeying(old=old, entity=entity), self._batch_documents
        reports = []
        while found := self._connection.read("documents_mentioning", id=old, limit=limit):
            ids = [record["id"] for record in found]
            reports.append(self._write(rekey_documents, ids, rekeying, self._champion))
        reports.append(self._write(rekey_corrections, rekeying, self._champion))
        return UpsertReport.total(reports)

    def adopt_champion(self) -> Iterator[UpsertReport]:
        """Make every edge count the run's checkpoint first; yield what each transaction changed.

        Does nothing where that is so since another call went through to its end.
        """
        champion = self._champion.name
        if self._connection.read("read_adopted")[0]["champion"] == champion:
            return
        yield from self._recompute(adopting.sides_of(self._connection, champion))
        self._run_statement("set_adopted", adopted={"settled_for": champion})

    def follow_setting(self) -> Iterator[UpsertReport]:
        """Make every edge asserted or possible by the setting; yield what each transaction changed.

        Does nothing where that is so since another call went through to its end. Else every edge
        is recomputed, so that it counts the run's checkpoint first as well.
        """
        above = self._champion.assert_above
        if self._connection.read("read_adopted")[0]["assert_above"] == above:
            return
        yield from self._recompute((True, False))
        adopted = {"settled_for": self._champion.name, "settled_above": above}
        self._run_statement("set_adopted", adopted=adopted)

    def _recompute(self, sides: Iterable[bool]) -> Iterator[UpsertReport]:
        for ids in adopting.documents_to_visit(
            self._connection, self._champion.name, sides, size=self._batch_documents
        ):
            yield self._write(adopting.recompute_documents, ids, self._champion)

    def set_followed_index(self, version: str) -> None:
        """Note that the graph has followed the merged ids of a version of the entity index."""
        self._run_statement("set_followed_index", version=version)

    def set_index(self, places: Mapping[str, str]) -> None:
        """Note which index holds documents now that have not changed otherwise."""
        rows = [{"id": id_, "index": index} for id_, index in places.items()]
        self._write(lambda transaction: transaction.rows("set_index", rows))

    def move_cursor(self, source: str, state: CursorState) -> None:
        """Remember how far a source has been read.

        Raises:
            GraphRejected: a user's node has its key.
        """

        def move(transaction: Transaction) -> None:
            refuse_taken(transaction, "Cursor", [source])
            transaction.run("move_cursor", source=source, **asdict(state))

        self._write(move)

    def forget_cursor(self, source: str) -> None:
        """Let a source be read from its beginning next time."""
        self._run_statement("delete_cursor", source=source)

    def record_failures(self, failed: Sequence[FailureRecord], *, at: str) -> None:
        """Remember documents that could not be processed; writing one later forgets that.

        Args:
            failed: the documents.
            at: when they were tried; the same time in the same run is the same attempt.

        Raises:
            GraphRejected: a user's node has the id of one.
        """
        rows = [failure_row(each, at=at, run=self.run) for each in failed]

        def record(transaction: Transaction) -> None:
            refuse_taken(transaction, "FailedDocument", (each.document for each in failed))
            transaction.rows("record_failures", rows)

        self._write(record)

    def forget_failures(self, ids: Sequence[str]) -> None:
        """Forget that documents failed."""
        self._write(delete_nodes, "FailedDocument", ids)

    def _run_statement(self, name: str, **parameters: Any) -> None:
        self._write(lambda transaction: transaction.run(name, **parameters))

    def _write(
        self, work: Callable[Concatenate[Transaction, P], T], *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Return what some work gives, in one transaction of the run."""
        return self._connection.execute_write(
            lambda transaction: work(transaction, *arguments, **named), self.run
        )


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
