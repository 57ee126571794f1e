"""Graph: write whole documents and take them out, read, remember runs, cursors and failures."""

from __future__ import annotations

import json
import ssl
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from neo4j import GraphDatabase, TrustCustomCAs

from extractor.relations import RelationVocabulary
from extractor.schema import Entity, Extraction
from graph import corrections, documents, foreign, queries, runs, settling
from graph.connection import Connection
from graph.errors import GraphRejected, driver_errors
from graph.records import (
    Correction,
    CursorState,
    FailedDocument,
    FailureRecord,
    FoundEdge,
    FoundEntity,
    Known,
    PastRun,
    RunInfo,
    SourceState,
    StaleDocument,
    UpsertReport,
)
from graph.rekeying import Rekeying, rekey_corrections, rekey_documents
from graph.removal import delete_nodes
from graph.rows import document_rows
from graph.statements import load, load_all
from graph.transaction import TRANSACTION_CHARACTERS, chunks
from graph.writer import retract_documents, write_documents

ACQUIRE_SECONDS = 30.0
NIL = "nil:"
T = TypeVar("T")


def connect(
    uri: str,
    *,
    username: str,
    password: str,
    database: str,
    ca_certs: Path | None = None,
    seconds: float | None = None,
) -> Graph:
    """Return the graph at an address, once it has answered.

    Args:
        uri: bolt+s:// and neo4j+s:// verify the server's certificate; bolt:// is plain text.
        username: of the server's user.
        password: of the server's user.
        database: on the server.
        ca_certs: authority of a server whose certificate is not a public one's, PEM.
        seconds: after so many Neo4j ends what only reads; the embedded server goes by the account.

    Raises:
        GraphUnavailable: nothing answers there.
        GraphRejected: it refuses the credentials or the database, or cannot prove who it is.
    """
    with driver_errors():
        address, security = _security(uri, ca_certs)
        driver = GraphDatabase.driver(
            address,
            auth=(username, password),
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            notifications_min_severity="OFF",
            **security,
        )
        graph = Graph(driver, database, seconds)
        try:
            with driver.session(database=database) as session:
                session.run("RETURN 1").consume()
        except BaseException:
            graph.close()
            raise
    return graph


def _security(uri: str, ca_certs: Path | None) -> tuple[str, dict[str, Any]]:
    """Return the driver's address and options; it takes a CA only beside an address without +s."""
    scheme, rest = uri.split("://", 1)
    if ca_certs is None:
        return uri, {}
    if not scheme.endswith("+s"):
        raise GraphRejected(f"{uri} does not verify the server: begin it with bolt+s://")
    try:
        ssl.create_default_context(cafile=str(ca_certs))
    except OSError as error:  # an SSLError is one
        reason = error.strerror or error
        raise GraphRejected(f"{ca_certs}: {reason}; correct FACTLOOM_GRAPH__CA_CERTS") from error
    trusted = TrustCustomCAs(str(ca_certs))
    return f"{scheme.removesuffix('+s')}://{rest}", {
        "encrypted": True,
        "trusted_certificates": trusted,
    }


class Graph(Connection):
    """A graph database that speaks Bolt. Every method that writes waits for its turn."""

    def ensure_schema(self) -> None:
        """Create the constraints and indexes that are missing; does nothing the second time.

        Raises:
            GraphRejected: the graph was written by another version of the schema, or holds foreign
                nodes that would pass for ours.
        """
        if not self.read("read_schema"):
            self.define(load("adopt_schema"))
            if self.read("read_schema"):
                self.define(load("drop_schema_version"))
        versions = [record["version"] for record in self.read("read_schema")]
        if versions:
            runs.check_version(versions)
        else:
            foreign.refuse_clashes(self.read)
        for statement in load_all("constraints"):
            self.define(statement)
        if not versions:
            self.define(load("create_schema"), version=runs.SCHEMA_VERSION)

    def start_run(self, run: RunInfo) -> None:
        """Remember that a run has begun; from now on, what older runs write raises `Superseded`."""
        self.execute_write(partial(runs.start, run=run))

    def finish_run(self, run: RunInfo, *, state: str, counts: Mapping[str, int | float]) -> None:
        """Remember how a run ended, also of one that lost its place."""
        properties = {
            "state": state,
            "counts": json.dumps(dict(counts), sort_keys=True),
            "finished_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        self.write("finish_run", id=run.id, started_at=run.started_at, props=properties)

    def completed_runs(
        self, source: str, checkpoint: str, *, without: str = "", limit: int = 100
    ) -> list[PastRun]:
        """Return runs that read a source with a checkpoint to the end, the newest first.

        Args:
            source: its name.
            checkpoint: its name: figures of two checkpoints are never compared.
            without: id of a run to leave out.
            limit: of runs.
        """
        return runs.completed(self.read, source, checkpoint, without=without, limit=limit)

    def sources(self) -> list[SourceState]:
        """Return what is known of each source that was read or has documents, by name."""
        return documents.sources(self.read)

    def upsert(
        self,
        extractions: Sequence[Extraction],
        *,
        run: RunInfo,
        relations: RelationVocabulary,
        batch_documents: int = 500,
    ) -> UpsertReport:
        """Write documents whole, with all that follows.

        A transaction holds `batch_documents` of them, fewer where they say very much.

        Raises:
            DocumentRejected: a document cannot be stored; its batch is not written, the ones before
                it are. The others can be sent again without it.
            Superseded: a newer run writes to this graph.
            GraphUnavailable: the server did not answer; sending everything again is safe.
            GraphRejected: the server refused a batch, of which nothing is stored.
        """
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        rows = [document_rows(each, run=run, extracted_at=now) for each in extractions]
        return UpsertReport.total(
            self.execute_write(
                partial(write_documents, batch=batch, champion=run.checkpoint, relations=relations),
                run,
            )
            for batch in chunks(rows, most=batch_documents, characters=TRANSACTION_CHARACTERS)
        )

    def settle(
        self, *, run: RunInfo, relations: RelationVocabulary, batch_documents: int = 500
    ) -> Iterator[UpsertReport]:
        """Make every edge count the run's checkpoint first; yield what each transaction changed.

        Does nothing where that is so since another call went through to its end.
        """
        [state] = self.read("read_settled_for")
        if state["champion"] == run.checkpoint:
            return
        own = settling.smaller_side(self.read, run.checkpoint)
        champion = run.checkpoint
        if own is not None:
            for ids in settling.side_ids(self.stream, champion, own=own, size=batch_documents):
                work = partial(
                    settling.settle_documents, ids=ids, champion=champion, relations=relations
                )
                yield self.execute_write(work, run)
        self.write("set_settled_for", run, champion=run.checkpoint)

    def linked_ids(self) -> Iterator[str]:
        """Yield the ids of linked entities, and of those that only verdicts name, in no order."""
        for statement in ("linked_ids", "corrected_ids"):
            for record in self.stream(statement):
                if not record["id"].startswith(NIL):
                    yield record["id"]

    def rekey(
        self,
        old: str,
        entity: Entity,
        *,
        run: RunInfo,
        relations: RelationVocabulary,
        batch_documents: int = 500,
    ) -> UpsertReport:
        """Let an entity have another id: its mentions, evidence, edges, verdicts and former ids.

        Stopped between two transactions, some documents have the old id still; the next call goes
        on from there.

        Args:
            old: its id so far; one that the graph has not does nothing.
            entity: what it is now. Its mentions do not count.
            run: who writes.
            relations: of the champion.
            batch_documents: documents in one transaction.

        Raises:
            GraphRejected: the new id cannot be stored; nothing is.
        """
        rekeying = Rekeying(old=old, entity=entity)
        champion = run.checkpoint
        reports = []
        while ids := documents.mentioning(self.read, old, limit=batch_documents):
            work = partial(
                rekey_documents,
                documents=ids,
                rekeying=rekeying,
                champion=champion,
                relations=relations,
            )
            reports.append(self.execute_write(work, run))
        rest = partial(rekey_corrections, rekeying=rekeying, champion=champion, relations=relations)
        return UpsertReport.total([*reports, self.execute_write(rest, run)])

    def followed_index(self) -> str:
        """Return the version of the entity index whose merged ids the graph has followed last."""
        return str(self.read("read_followed_index")[0]["version"])

    def set_followed_index(self, version: str, *, run: RunInfo) -> None:
        """Note that the graph has followed the merged ids of a version of the entity index."""
        self.write("set_followed_index", run, version=version)

    def retract(
        self,
        ids: Sequence[str],
        *,
        run: RunInfo,
        relations: RelationVocabulary,
        batch_documents: int = 500,
        keep_failures: bool = False,
    ) -> UpsertReport:
        """Take documents out, with all that only they support; unknown ids do nothing.

        Args:
            ids: of the documents.
            run: who writes.
            relations: of the champion.
            batch_documents: documents in one transaction.
            keep_failures: remember that they failed, as their records still do.
        """
        return UpsertReport.total(
            self.execute_write(
                partial(
                    retract_documents,
                    ids=batch,
                    champion=run.checkpoint,
                    relations=relations,
                    keep_failures=keep_failures,
                ),
                run,
            )
            for batch in _batches(sorted(set(ids)), batch_documents)
        )

    def known(self, ids: Sequence[str]) -> dict[str, Known]:
        """Return those of the documents that the graph has, with their hashes and places."""
        return documents.known(self.read, ids)

    def document_ids(
        self, source: str, *, after: str = "", limit: int = 10_000
    ) -> list[tuple[str, str]]:
        """Return the next ids of a source's documents, each with the index that held it."""
        return documents.document_ids(self.read, source, after=after, limit=limit)

    def documents(self, source: str) -> int:
        """Return how many documents of a source the graph has."""
        [record] = self.read("count_documents", **documents.id_range(source))
        return int(record["count"])

    def documents_by_checkpoint(self) -> dict[str, int]:
        """Return how many documents each checkpoint extracted, by its name."""
        return {
            record["checkpoint"]: int(record["count"])
            for record in self.read("count_by_checkpoint")
        }

    def stale_documents(self, source: str, *, run: RunInfo) -> Iterator[StaleDocument]:
        """Yield the documents of a source that a run would extract otherwise, in no order.

        Another checkpoint extracted them, or the run's own under another configuration.
        """
        return documents.stale(
            self.stream, source, checkpoint=run.checkpoint, config_hash=run.config_hash
        )

    def traces(self, document: str) -> dict[str, int]:
        """Return where something still names a document, and how often."""
        return {
            record["what"]: record["count"] for record in self.read("count_traces", id=document)
        }

    def set_index(self, places: Mapping[str, str], *, run: RunInfo) -> None:
        """Note which index holds documents now that have not changed otherwise."""
        rows = [{"id": id_, "index": index} for id_, index in places.items()]
        self.write_rows("set_index", rows, run)

    def cursor(self, source: str) -> CursorState | None:
        """Return how far a source has been read; None before the first time."""
        records = self.read("read_cursor", source=source)
        return CursorState(**records[0]) if records else None

    def move_cursor(self, source: str, state: CursorState, *, run: RunInfo) -> None:
        """Remember how far a source has been read."""
        self.execute_write(partial(documents.move_cursor, source=source, state=state), run)

    def forget_cursor(self, source: str, *, run: RunInfo) -> None:
        """Let a source be read from its beginning next time."""
        self.write("delete_cursor", run, source=source)

    def record_failures(self, failed: Sequence[FailureRecord], *, at: str, run: RunInfo) -> None:
        """Remember documents that could not be processed; writing one later forgets that.

        Args:
            failed: the documents.
            at: when they were tried; the same time in the same run is the same attempt.
            run: who tried.
        """
        self.execute_write(partial(documents.record_failures, failed=failed, at=at, run=run), run)

    def forget_failures(self, ids: Sequence[str], *, run: RunInfo) -> None:
        """Forget that documents failed."""
        self.execute_write(partial(delete_nodes, label="FailedDocument", ids=ids), run)

    def failures(self, source: str, *, after: str = "", limit: int = 1_000) -> list[FailedDocument]:
        """Return the next documents of a source that failed, by id."""
        return documents.failures(self.read, source, after=after, limit=limit)

    def count_failures(self, source: str) -> int:
        """Return how many documents of a source failed, and are to be tried again."""
        return documents.count_failures(self.read, source)

    def failures_of(self, ids: Sequence[str]) -> dict[str, FailedDocument]:
        """Return those of the documents that failed."""
        return documents.failures_of(self.read, ids)

    def correct(
        self, verdicts: Sequence[Correction], *, relations: RelationVocabulary, champion: str
    ) -> int:
        """Store verdicts, all or none, each where its edge has no newer one; return how many.

        Args:
            verdicts: on edges between entities that the graph has, or that are recorded with them.
            relations: of the champion.
            champion: the checkpoint whose margins count first.

        Raises:
            GraphRejected: a verdict cannot be stored; the message says which, and what to do.
        """
        return self.execute_write(
            partial(
                corrections.correct, corrections=verdicts, champion=champion, relations=relations
            )
        )

    def withdraw(
        self,
        head: str,
        relation: str,
        tail: str,
        *,
        relations: RelationVocabulary,
        champion: str,
    ) -> bool:
        """Forget the verdict on an edge, so that its evidence counts again; False without one."""
        return self.execute_write(
            lambda transaction: corrections.withdraw(
                transaction, head, relation, tail, champion=champion, relations=relations
            )
        )

    def corrections(self) -> Iterator[Correction]:
        """Yield all verdicts in the order of their edges; `correct` takes them, in any graph."""
        return corrections.corrections(self.read)

    def find(self, name: str) -> list[FoundEntity]:
        """Return the entities of an id, a former id, a name or an alias, most mentioned first."""
        return queries.find(self.read, name)

    def edges_between(self, one: str, other: str) -> list[FoundEdge]:
        """Return every edge between two entities, by id, in both directions, strongest first."""
        return queries.edges_between(self.read, one, other)

    def edges(self, triples: Collection[tuple[str, str, str]]) -> list[FoundEdge]:
        """Return the edges of (head, relation, tail) that exist, strongest first."""
        return queries.edges(self.read, triples)

    def edges_of_run(
        self, run: RunInfo, triples: Collection[tuple[str, str, str]]
    ) -> set[tuple[str, str, str]]:
        """Return those of (head, relation, tail) whose edge rests on evidence of this run alone."""
        return queries.edges_of_run(self.read, run.id, triples)

    def counts(self) -> dict[str, int]:
        """Return how many documents, entities, NILs, edges, evidence and failures there are."""
        return {record["what"]: record["count"] for record in self.read("counts")}


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[at : at + size] for at in range(0, len(items), size))
