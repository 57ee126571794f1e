"""Graph: what is known of documents, entities and edges, of runs, sources and failures."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase

from extractor.relations import RelationVocabulary
from graph.driver.connection import Connection, secured
from graph.driver.statements import load_all, load_statement
from graph.driver.turns import FOLLOWED_VERSION, SCHEMA_VERSION, check_version
from graph.errors import driver_errors
from graph.model.entities import folded_name
from graph.model.records import (
    ASSERT_ABOVE,
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
    from_stored,
)
from graph.model.rows import edge_key
from graph.reading.foreign import refuse_clashes
from graph.reading.queries import Triple, edges_between, found_entities
from graph.writing.verdicts import Verdicts
from graph.writing.writer import GraphWriter

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
        address, security = secured(uri, ca_certs)
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


class Graph(Connection):
    """A graph database that speaks Bolt: what it knows, and who may write to it."""

    def writer(
        self,
        run: RunInfo,
        relations: RelationVocabulary,
        *,
        batch_documents: int = 500,
        assert_above: float = ASSERT_ABOVE,
    ) -> GraphWriter:
        """Return what writes for a run.

        Args:
            run: who writes; its checkpoint is the champion.
            relations: of the champion.
            batch_documents: documents in one transaction.
            assert_above: probability below which edges are possible, not asserted.
        """
        return GraphWriter(self, run, relations, batch_documents, assert_above)

    def verdicts(self, champion: Champion) -> Verdicts:
        """Return what stores people's verdicts."""
        return Verdicts(self, champion)

    def ensure_schema(self) -> None:
        """Create the constraints and indexes that are missing; does nothing the second time.

        A graph of version 0.1 becomes one of this version's at once, for writers of 0.1 too. What
        its edges lack, the next run's `GraphWriter.follow_setting` gives them.

        Raises:
            GraphRejected: the graph was written by another version of the schema, or holds foreign
                nodes that would pass for ours.
        """
        if not self.read("read_schema"):
            self.define(load_statement("adopt_schema"))
            if self.read("read_schema"):
                self.define(load_statement("drop_schema_version"))
        versions = [record["version"] for record in self.read("read_schema")]
        if versions == [FOLLOWED_VERSION]:
            self.define(load_statement("follow_schema"), version=SCHEMA_VERSION)
        elif versions:
            check_version(versions)
        else:
            refuse_clashes(self.read)
        for statement in load_all("constraints"):
            self.define(statement)
        if not versions:
            self.define(load_statement("create_schema"), version=SCHEMA_VERSION)

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
        found = self.read(
            "completed_runs", source=source, checkpoint=checkpoint, without=without, limit=limit
        )
        return [PastRun(**record | {"counts": json.loads(record["counts"])}) for record in found]

    def sources(self) -> list[SourceState]:
        """Return what is known of each source that was read or has documents, by name."""
        found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for record in self.read("count_by_source"):
            found[record["source"]][record["what"]] = record["count"]
        for record in self.read("read_sources"):
            found[record["source"]][record["what"]] = record["value"]
        return [SourceState(name=name, **known) for name, known in sorted(found.items())]

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
        found = self.read("known_documents", rows=list(ids))
        return {record.pop("id"): Known(**record) for record in found}

    def document_ids(
        self, source: str, *, after: str = "", limit: int = 10_000
    ) -> list[tuple[str, str]]:
        """Return the next ids of a source's documents, each with the index that held it."""
        records = self.read("document_ids", **_ids_of(source, after), limit=limit)
        return [(record["id"], record["index"]) for record in records]

    def documents(self, source: str) -> int:
        """Return how many documents of a source the graph has."""
        [record] = self.read("count_documents", **_ids_of(source))
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
        extracted = {"checkpoint": run.checkpoint, "config_hash": run.config_hash}
        for record in self.stream("stale_documents", **_ids_of(source), **extracted):
            yield StaleDocument(**record)

    def title(self, document: str) -> str:
        """Return the title of a document; '' where the graph has none of it."""
        found = self.read("export_documents", rows=[document])
        return str(found[0]["props"].get("title", "")) if found else ""

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
        records = self.read("read_failures", **_ids_of(source, after), limit=limit)
        return [from_stored(FailedDocument, record["failed"]) for record in records]

    def count_failures(self, source: str) -> int:
        """Return how many documents of a source failed, and are to be tried again."""
        return int(self.read("count_failures", **_ids_of(source))[0]["count"])

    def failures_of(self, ids: Sequence[str]) -> dict[str, FailedDocument]:
        """Return those of the documents that failed."""
        found = [record["failed"] for record in self.read("failures_of", rows=list(ids))]
        return {failed["id"]: from_stored(FailedDocument, failed) for failed in found}

    def corrections(self) -> Iterator[Correction]:
        """Yield all verdicts in the order of their edges; `Verdicts` stores them, in any graph."""
        for record in self.read("all_corrections"):
            yield from_stored(Correction, record["correction"])

    def find(self, name: str) -> list[FoundEntity]:
        """Return the entities of an id, a former id, a name or an alias, most mentioned first."""
        folded = folded_name(name)
        records = self.read("find_by_name", name=name, folded=folded)
        return found_entities(records or self.read("find_by_alias", name=name))

    def edges_between(self, one: str, other: str) -> list[FoundEdge]:
        """Return every edge between two entities, by id, in both directions, strongest first."""
        return edges_between(self.read, {(one, other), (other, one)})

    def edges(self, triples: Collection[Triple]) -> list[FoundEdge]:
        """Return the edges of (head, relation, tail) that exist, strongest first."""
        return edges_between(self.read, {(head, tail) for head, _, tail in triples}, triples)

    def edges_of_run(self, run: RunInfo, triples: Collection[Triple]) -> set[Triple]:
        """Return those of (head, relation, tail) whose edge rests on evidence of this run alone."""
        by_key = {edge_key(*triple): triple for triple in triples}
        found = self.read("edges_of_run", rows=sorted(by_key), run=run.id)
        return {by_key[record["edge"]] for record in found}

    def counts(self) -> dict[str, int]:
        """Return how many documents, entities, NILs, evidence and failures there are, and edges.

        `edges` counts all, `possible` those of them that are possible.
        """
        return {record["what"]: record["count"] for record in self.read("counts")}


def _ids_of(source: str, after: str = "") -> dict[str, str]:
    """Return the bounds, both excluded, of a source's document ids larger than `after`."""
    return {"after": max(after, f"{source}:"), "before": f"{source};"}  # ';' follows ':'
