"""The only owner of the graph's driver: connect, write whole documents, read, remember runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar

from neo4j import READ_ACCESS, Driver, GraphDatabase, ManagedTransaction

from extractor.relations import RelationVocabulary
from extractor.schema import Extraction
from graph import queries
from graph.errors import GraphRejected, WriteRefused, driver_errors
from graph.reading import refuse_writes
from graph.records import FoundEdge, FoundEntity, RunInfo, UpsertReport
from graph.rows import document_rows
from graph.statements import load, load_all
from graph.transaction import Transaction
from graph.writer import write_documents

SCHEMA_VERSION = 1
ACQUIRE_SECONDS = 30.0
T = TypeVar("T")


def connect(uri: str, *, username: str, password: str, database: str) -> Graph:
    """Return the graph at an address, once it has answered.

    Raises:
        GraphUnavailable: nothing answers there.
        GraphRejected: it refuses the credentials or the database.
    """
    with driver_errors():
        driver = GraphDatabase.driver(
            uri,
            auth=(username, password),
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            notifications_min_severity="OFF",
        )
        graph = Graph(driver, database)
        try:
            with driver.session(database=database) as session:
                session.run("RETURN 1").consume()
        except BaseException:
            graph.close()
            raise
    return graph


class Graph:
    """A graph database that speaks Bolt. One writer at a time."""

    def __init__(self, driver: Driver, database: str) -> None:
        self._driver = driver
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def ensure_schema(self) -> None:
        """Create the constraints and indexes that are missing; does nothing the second time.

        Raises:
            GraphRejected: the graph was written by another version of the schema.
        """
        for statement in load_all("constraints"):
            with driver_errors(), self._driver.session(database=self._database) as session:
                session.run(statement).consume()
        versions = [record["version"] for record in self.read("read_schema")]
        if not versions:
            self._write("create_schema", version=SCHEMA_VERSION)
        elif versions != [SCHEMA_VERSION]:
            raise GraphRejected(
                f"the graph has schema version {versions}, this factloom writes {SCHEMA_VERSION}: "
                "use the factloom that wrote it, or an empty database"
            )

    def upsert(
        self,
        extractions: Sequence[Extraction],
        *,
        run: RunInfo,
        relations: RelationVocabulary,
        batch_documents: int = 500,
    ) -> UpsertReport:
        """Write documents whole, `batch_documents` in one transaction, with all that follows.

        Raises:
            DocumentRejected: a document cannot be stored; its batch is not written, the ones before
                it are. The others can be sent again without it.
            GraphUnavailable: the server did not answer; sending everything again is safe.
            GraphRejected: the server refused a batch, of which nothing is stored.
        """
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        rows = [document_rows(each, run=run, extracted_at=now) for each in extractions]
        batches = [rows[at : at + batch_documents] for at in range(0, len(rows), batch_documents)]
        return UpsertReport.total(
            self._execute_write(
                partial(write_documents, batch=batch, champion=run.checkpoint, relations=relations)
            )
            for batch in batches
        )

    def known(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return the content hash and the config hash of the documents that the graph has."""
        return {
            record["id"]: (record["content_hash"], record["config_hash"])
            for record in self.read("known_documents", rows=list(ids))
        }

    def start_run(self, run: RunInfo) -> None:
        """Remember that a run has begun."""
        properties = {
            "flow": run.flow,
            "checkpoint": run.checkpoint,
            "config_hash": run.config_hash,
            "git_sha": run.git_sha,
            "started_at": run.started_at,
            "state": "Running",
        }
        self._write("record_run", id=run.id, props=properties)

    def finish_run(self, run: RunInfo, *, state: str, counts: Mapping[str, int | float]) -> None:
        """Remember how a run ended."""
        properties = {
            "state": state,
            "counts": json.dumps(dict(counts), sort_keys=True),
            "finished_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        self._write("record_run", id=run.id, props=properties)

    def record_failure(self, document: str, *, stage: str, error: str, at: str) -> None:
        """Remember that a document could not be processed; writing it later forgets that."""
        self._write("record_failure", id=document, stage=stage, error=error, at=at)

    def query(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of a query that only reads.

        Three guards, as ArcadeDB writes in transactions that are opened for reading: the query's
        words, the access mode, and a transaction that is rolled back in any case.

        Raises:
            WriteRefused: the query writes.
            GraphRejected: the server does not understand the query.
            GraphUnavailable: the server did not answer.
        """
        refuse_writes(cypher)
        with (
            driver_errors(),
            self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session,
            session.begin_transaction() as transaction,
        ):
            result = transaction.run(cypher, parameters)
            records = [record.data() for record in result]
            if result.consume().counters.contains_updates:
                raise WriteRefused("this query writes; only reading is allowed here")
            return records

    def find(self, name: str) -> list[FoundEntity]:
        """Return the entities of an id, a former id, a name or an alias, most mentioned first."""
        return queries.find(self.read, name)

    def edges_between(self, one: str, other: str) -> list[FoundEdge]:
        """Return every edge between two entities, by id, in both directions, strongest first."""
        return queries.edges_between(self.read, one, other)

    def strongest(self, run: str, *, limit: int = 10) -> list[FoundEdge]:
        """Return the edges with the highest margin that a run's evidence supports."""
        return queries.strongest(self.read, run, limit)

    def counts(self) -> dict[str, int]:
        """Return how many documents, entities, NILs, edges, evidence and failures there are."""
        return {record["what"]: record["count"] for record in self.read("counts")}

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of one of the statements that read."""

        def work(tx: ManagedTransaction) -> list[dict[str, Any]]:
            return [record.data() for record in tx.run(load(statement), parameters)]

        with driver_errors(), self._driver.session(database=self._database) as session:
            return session.execute_read(work)

    def _write(self, statement: str, **parameters: Any) -> None:
        self._execute_write(
            lambda transaction: transaction.tx.run(load(statement), parameters).consume()
        )

    def _execute_write(self, work: Callable[[Transaction], T]) -> T:
        with driver_errors(), self._driver.session(database=self._database) as session:
            return session.execute_write(lambda tx: work(Transaction(tx)))
