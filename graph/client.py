"""Graph: what is known of documents, entities and edges, of runs, sources and failures."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase, TrustCustomCAs

from extractor.relations import RelationVocabulary
from graph import documents, foreign, queries, runs
from graph.connection import Connection
from graph.corrections import Verdicts, corrections
from graph.errors import GraphRejected, driver_errors
from graph.records import (
    Champion,
    Correction,
    CursorState,
    FailedDocument,
    FoundEdge,
    FoundEntity,
    Known,
    PastRun,
    RunInfo,
    SourceState,
    StaleDocument,
)
from graph.statements import load, load_all
from graph.writer import GraphWriter

ACQUIRE_SECONDS = 30.0
NIL = "nil:"


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
    """A graph database that speaks Bolt: what it knows, and who may write to it."""

    def writer(
        self, run: RunInfo, relations: RelationVocabulary, *, batch_documents: int = 500
    ) -> GraphWriter:
        """Return what writes for a run.

        Args:
            run: who writes; its checkpoint is the champion.
            relations: of the champion.
            batch_documents: documents in one transaction.
        """
        return GraphWriter(self, run, relations, batch_documents)

    def verdicts(self, champion: Champion) -> Verdicts:
        """Return what stores people's verdicts."""
        return Verdicts(self, champion)

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

    def linked_ids(self) -> Iterator[str]:
        """Yield the ids of linked entities, and of those that only verdicts name, in no order."""
        for statement in ("linked_ids", "corrected_ids"):
            for record in self.stream(statement):
                if not record["id"].startswith(NIL):
                    yield record["id"]

    def followed_index(self) -> str:
        """Return the version of the entity index whose merged ids the graph has followed last."""
        return str(self.read("read_followed_index")[0]["version"])

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

    def cursor(self, source: str) -> CursorState | None:
        """Return how far a source has been read; None before the first time."""
        records = self.read("read_cursor", source=source)
        return CursorState(**records[0]) if records else None

    def failures(self, source: str, *, after: str = "", limit: int = 1_000) -> list[FailedDocument]:
        """Return the next documents of a source that failed, by id."""
        return documents.failures(self.read, source, after=after, limit=limit)

    def count_failures(self, source: str) -> int:
        """Return how many documents of a source failed, and are to be tried again."""
        return documents.count_failures(self.read, source)

    def failures_of(self, ids: Sequence[str]) -> dict[str, FailedDocument]:
        """Return those of the documents that failed."""
        return documents.failures_of(self.read, ids)

    def corrections(self) -> Iterator[Correction]:
        """Yield all verdicts in the order of their edges; `Verdicts` stores them, in any graph."""
        return corrections(self.read)

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
