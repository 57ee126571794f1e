"""A week of nights, each with something that happens to people's servers and documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from elasticsearch import Elasticsearch
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Cancelling

from flows.components import components
from tests.e2e.operating import Worker, ended, start, until
from tests.e2e.said import (
    SHOWN,
    Night,
    graph_counts,
    graph_state,
    prefect_counts,
    prefect_state,
    terminal,
)
from tests.servers.prefect import RestartedServer

SOURCE = "samples"
DEPLOYMENT = "ingest/nightly"
BATCH = 2
"""Documents in one batch of a run."""
MAX_CHARACTERS = 1500
"""Of a document that is not refused."""
SHORT = "Ada Lovelace was born in London."
LONG = SHORT * 100
MALFORMED = 2
"""Records whose text is none, all the week."""
HELD = 30
"""Documents that are marked as deleted at once: more than the guard lets go."""
WRITTEN = 8
"""Documents that a run has written when something happens to it."""
AWAY_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The servers that the nights run on, and what can be done to them."""

    prefect: RestartedServer
    client: SyncPrefectClient
    """Of this server."""
    without_artifacts: Callable[[], AbstractContextManager[None]]
    """Takes the store of artifacts away for the context."""
    worker: Callable[[], Worker]
    """Starts one."""
    elasticsearch: Elasticsearch
    read: str
    """Alias of the documents, which are the samples; `deleted` marks those that are gone."""
    written: str
    """Index that new documents go to."""


class Week:
    """Nights on a stack whose settings are in the environment, with everything deployed."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._worker = stack.worker()
        self._graph = components().graph
        found = stack.elasticsearch.search(index=stack.read, size=1000, source=False)
        self._samples = sorted(hit["_id"] for hit in found["hits"]["hits"])
        self._documents = len(self._samples)
        """Of the source, in the graph."""
        self._day = 0

    def close(self) -> None:
        """Stop the worker."""
        self._worker.stop()

    def nights(self) -> Iterator[Night]:
        """Have the nights, one after the other."""
        yield from self._failures()
        yield from self._servers()
        yield self._deletions()
        yield from self._stops()

    def _failures(self) -> Iterator[Night]:
        """Records that fail, fail again, and are mended."""
        self._store("long", body=LONG)
        self._store("number", body=5)
        self._store("list", body=[1, 2])
        failing = {"failed": 1, "skipped": MALFORMED, "waiting": MALFORMED + 1}
        new = {"read": self._documents + 1, "processed": self._documents}
        yield self._night("the first", "Completed", **new, **failing)
        yield self._night("nothing is new, what failed fails again", "Completed", read=1, **failing)

        self._store("long", body=SHORT)
        self._documents += 1
        yield self._night("a document that failed is mended", "Completed", read=1, processed=1)

    def _servers(self) -> Iterator[Night]:
        """Prefect's server and its store are away for a while."""
        changed = self._change(self._samples)
        run = self._begun()
        self._stack.prefect.stop()
        time.sleep(AWAY_SECONDS)
        self._stack.prefect.start()
        yield self._seen("Prefect's server is restarted", run, "Completed", **changed)

        changed = self._change(self._samples[:BATCH])
        with self._stack.without_artifacts():
            run = self._start()
            ended(self._stack.client, run)
        yield self._seen("the store of artifacts is down", run, "Completed", **changed)

    def _deletions(self) -> Night:
        """More is to be deleted than is allowed, and that was a mistake."""
        changed = self._change(self._samples[-BATCH:])
        for each in self._samples[:HELD]:
            self._update(each, deleted=True)
        night = self._night("a deletion over the guard", "Failed", **changed, held=HELD)
        for each in self._samples[:HELD]:
            self._update(each, deleted=False)
        return night

    def _stops(self) -> Iterator[Night]:
        """A run is stopped in the middle, or whoever runs it is."""
        self._change(self._samples)
        run = self._begun()
        self._stack.client.set_flow_run_state(run, Cancelling())
        ended(self._stack.client, run)
        yield self._seen("somebody cancels it", run, "Cancelled", processed=self._written())

        self._change(self._samples)
        crashed = self._begun()
        self._worker.stop()  # Prefect's worker kills what it runs
        ended(self._stack.client, crashed)
        state, counts = terminal(DEPLOYMENT, SOURCE)
        done = self._written()
        self._worker = self._stack.worker()
        run = self._start()
        ended(self._stack.client, run)
        yield Night(
            name="the worker is asked to stop",
            state="Crashed",
            counts={"documents": self._documents, "waiting": MALFORMED},
            states={
                "graph": graph_state(self._graph, crashed),  # known once the next run begins
                "Prefect": prefect_state(self._stack.client, crashed),
                "terminal": state,
            },
            said={"terminal": counts},
        )
        left = len(self._samples) - done
        yield self._seen("the morning after", run, "Completed", processed=left)

    def _night(self, name: str, state: str, **counts: int) -> Night:
        """Have a run, and see what is said of it."""
        return self._seen(name, self._start(), state, **counts)

    def _seen(self, name: str, run: UUID, state: str, **counts: int) -> Night:
        """Wait for the end of a run, and see what is said of it.

        Args:
            name: of the night.
            run: its run.
            state: how it ends.
            counts: of the run. Of those that are left out, `read` and `unchanged` are not looked
                at, as they depend on how far a run had read ahead; all else is 0, and only the
                malformed records wait.
        """
        client = self._stack.client
        ended(client, run)
        true = {**dict.fromkeys(SHOWN, 0), "waiting": MALFORMED, "documents": self._documents}
        true |= counts
        ahead = {"read", "unchanged"} if "read" not in counts else set()
        shown_state, shown_counts = terminal(DEPLOYMENT, SOURCE)
        said = {
            "graph": graph_counts(self._graph, run, SOURCE),
            "Prefect": prefect_counts(client, run),
            "terminal": shown_counts,
        }
        return Night(
            name=name,
            state=state,
            counts=true,
            states={
                "graph": graph_state(self._graph, run),
                "Prefect": prefect_state(client, run),
                "terminal": shown_state,
            },
            said={
                where: {each: count for each, count in counts.items() if each not in ahead}
                for where, counts in said.items()
            },
        )

    def _start(self) -> UUID:
        """Start a night as its schedule does, but now."""
        return start(self._stack.client, DEPLOYMENT)

    def _begun(self) -> UUID:
        """Start a night, and return when it is in the middle of its documents."""
        run = self._start()
        until(lambda: self._written() >= WRITTEN, "nothing is written")
        return run

    def _change(self, ids: Sequence[str]) -> dict[str, int]:
        """Change the texts of documents; return the counts of a night that reads them."""
        self._day += 1
        for each in ids:
            self._update(each, body=f"{SHORT} It is day {self._day}.", updated_at=self._today())
        return {"read": len(ids), "processed": len(ids)}

    def _written(self) -> int:
        """Return how many documents are in the graph as they were changed last."""
        [found] = self._graph.query(
            "MATCH (d:Document {updated_at: $today}) RETURN count(d) AS found", today=self._today()
        )
        return int(found["found"])

    def _today(self) -> str:
        return f"2026-02-{self._day:02}T00:00:00Z"

    def _update(self, id_: str, **fields: object) -> None:
        server, read = self._stack.elasticsearch, self._stack.read
        [hit] = server.search(index=read, query={"ids": {"values": [id_]}})["hits"]["hits"]
        server.update(index=hit["_index"], id=id_, doc=fields, refresh=True)

    def _store(self, id_: str, **fields: object) -> None:
        document = {"headline": id_, "updated_at": "2026-01-31T00:00:00Z", **fields}
        server, written = self._stack.elasticsearch, self._stack.written
        server.index(index=written, id=id_, document=document, refresh=True)
