"""Does a query through the readers' door ever write, read a file, call an address, or burn on?

Hostile queries in many spellings go to both servers as people's questions do, and harmless ones
beside them. Then those that would do more than burn once more, with nothing looked at before it is
sent: what each server alone stops.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
from neo4j import READ_ACCESS, Driver, GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from benchmarks.parts.neo4j_process import DATABASE, neo4j
from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, data_folder, write
from benchmarks.safety.parts.hostile_queries import Attempt, attempts, harmless
from graph.client import Graph, connect
from graph.errors import GraphError
from graph.reading.snapshot import snapshot
from graph.server.embedded import EmbeddedServer

LIMIT, GRACE = 1.0, 20.0
"""Seconds for a query, and after which none may be left at the server."""
IDLE = 0.5
"""Of a processor: what a server takes that does nothing for anybody."""
CANARY = "canary-7f3a"
GRAPH = (
    "UNWIND range(1, 40) AS i CREATE (:Entity {id: 'e' + toString(i), name: 'one'})",
    "MATCH (a:Entity {id: 'e1'}) MATCH (b:Entity {id: 'e2'}) CREATE (a)-[:SPOUSE {id: 'P26'}]->(b)",
    "CREATE (:Match {id: 'm'})",
)


@dataclass(frozen=True, slots=True)
class Server:
    """One of the servers, by its own account and by that of readers."""

    name: str
    uri: str
    database: str
    owner: tuple[str, str]
    reader: tuple[str, str]
    process: Callable[[], psutil.Process]
    users: Path | None
    """Where the embedded server keeps its users."""

    def open(self, account: tuple[str, str], seconds: float | None = None) -> Graph:
        """Return the graph as an account opens it, which answers for so long."""
        username, password = account
        return connect(
            self.uri,
            username=username,
            password=password,
            database=self.database,
            seconds=seconds,
        )

    def state(self, driver: Driver) -> str:
        """Return what nobody may change: the graph, its schema, the users."""
        with self.open(self.owner) as graph:
            whole = snapshot(graph)
        names = [
            sorted(record["name"] for record in driver.execute_query(f"SHOW {what}").records)
            for what in ("CONSTRAINTS", "INDEXES")
        ]
        if self.users:
            accounts = self.users.read_text()
        else:
            found = driver.execute_query("SHOW USERS", database_="system").records
            accounts = str(sorted(record["user"] for record in found))
        return f"{whole} {names} {accounts}"


@contextmanager
def embedded(home: Path) -> Iterator[Server]:
    """Start an embedded server."""
    server = EmbeddedServer(home, int(local_environment(home)["FACTLOOM_GRAPH__PORT"]))
    server.start()
    reader = (server.reader_username(LIMIT), server.reader_password)
    owner, users = (server.username, server.password), "config/server-users.jsonl"

    def process() -> psutil.Process:
        return psutil.Process(json.loads(server.files.state.read_text())["pid"])

    path = server.files.folder / users
    try:
        yield Server("embedded", server.uri, server.database, owner, reader, process, path)
    finally:
        server.stop()


@contextmanager
def of_neo4j(home: Path) -> Iterator[Server]:
    """Start a Neo4j with its default settings, which let it read files and addresses."""
    account = ("neo4j", "none needed")
    with neo4j(home) as server:
        yield Server("neo4j", server.uri, DATABASE, account, account, lambda: server.process, None)


class Bench:
    """Sends queries to one server, and watches what comes of them."""

    def __init__(self, server: Server, listener: HTTPServer) -> None:
        self.server = server
        self._listener = listener
        self._driver = GraphDatabase.driver(
            server.uri, auth=server.owner, notifications_min_severity="OFF"
        )
        self._reading = GraphDatabase.driver(
            server.uri, auth=server.reader, notifications_min_severity="OFF"
        )
        self._door = server.open(server.reader, LIMIT)
        self._make()

    def close(self) -> None:
        """Close the side doors."""
        self._driver.close()
        self._reading.close()
        self._door.close()

    def _make(self) -> None:
        for cypher in ("MATCH (n) DETACH DELETE n", *GRAPH):
            self._driver.execute_query(cypher, database_=self.server.database)
        self._state = self.server.state(self._driver)

    def whole_door(self, each: Attempt) -> Counter[str]:
        """Return what came of a query that is sent as people's questions are."""
        rows: Sequence[object] = ()
        try:
            rows = self._door.query(each.cypher)
        except GraphError as error:
            if not isinstance(error.__cause__, (Neo4jError, DriverError)):  # it was not sent
                return Counter(urls_called=_called(self._listener))
        return self._found(each, rows, quiet=True) + Counter(sent=1)

    def server_alone(self, each: Attempt) -> Counter[str]:
        """Return what came of a query that nobody looks at before it is sent."""
        rows: Sequence[object] = ()
        with (
            suppress(Neo4jError, DriverError),
            self._reading.session(
                database=self.server.database, default_access_mode=READ_ACCESS
            ) as session,
            session.begin_transaction(timeout=LIMIT) as transaction,
        ):
            rows = transaction.run(each.cypher).data()
        return self._found(each, rows, quiet=False)

    def _found(self, each: Attempt, rows: Sequence[object], *, quiet: bool) -> Counter[str]:
        called = _called(self._listener)
        found = Counter(urls_called=called, files_read=CANARY in str(rows) and not called)
        found["answered"] = bool(rows) and each.aim != "burn"
        if each.aim == "burn":
            found["beyond_limit"] = not self._ended(each, quiet=quiet)
        elif self.server.state(self._driver) != self._state:
            found["changed"] = 1
            self._make()
        return found

    def _ended(self, each: Attempt, *, quiet: bool) -> bool:
        """Wait until the server has ended a query, and is quiet where nothing else runs on it."""
        deadline = time.monotonic() + GRACE
        running = "SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery AS cypher"
        while time.monotonic() < deadline:
            known = [record["cypher"] for record in self._driver.execute_query(running).records]
            if each.cypher not in known and (not quiet or self._load() < IDLE):
                return True
            time.sleep(0.5)
        return False

    def _load(self) -> float:
        return float(self.server.process().cpu_percent(interval=1.0)) / 100

    def refused(self, cypher: str) -> bool:
        """Return whether a harmless query has no answer."""
        try:
            self._door.query(cypher)
        except GraphError as error:
            print(f"  refused: {cypher!r}: {error}", flush=True)
            return True
        return False


def _listen() -> HTTPServer:
    """Return a server on loopback that counts who calls it."""

    class Counting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{CANARY}\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    calls: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), Counting)
    server.calls = calls  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _called(listener: HTTPServer) -> bool:
    calls: list[str] = listener.calls  # type: ignore[attr-defined]
    called = bool(calls)
    calls.clear()
    return called


def main() -> None:
    """Attack both servers through the door and without it, and write down what got through."""
    data_folder(__doc__)  # takes --data as all benchmarks do, and needs none
    listener = _listen()
    total: Counter[str] = Counter()
    cookbook = (ROOT / "docs" / "how-to" / "cookbook.md").read_text(encoding="utf-8")
    asked = [*re.findall(r"```cypher\n(.*?)```", cookbook, flags=re.DOTALL), *harmless()]
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.csv"
        canary.write_text(f"{CANARY}\n")
        address = f"http://127.0.0.1:{listener.server_port}/x"
        for start in (embedded, of_neo4j):
            with (
                start(Path(folder) / start.__name__) as server,
                closing(Bench(server, listener)) as bench,
            ):
                total["harmless"] += len(asked)
                total["harmless_refused"] += sum(map(bench.refused, asked))
                for each in attempts(canary.as_uri(), address):
                    total["attempts"] += 1
                    total.update(_told(f"{server.name}, ", each, bench.whole_door(each)))
                for each in attempts(canary.as_uri(), address):
                    if each.aim == "burn":  # what no server ends alone would burn under all others
                        continue
                    found = _told(f"{server.name} alone, ", each, bench.server_alone(each))
                    total.update(
                        {
                            f"{server.name}_alone_{name}": found[name]
                            for name in (*WRONG, "answered")
                        }
                    )
    figures = {name: total[name] for name in ("attempts", *WRONG, "harmless", "harmless_refused")}
    write("hostile", {**figures, **total}, title="hostile queries")
    if any(figures[name] for name in (*WRONG, "harmless_refused")):
        sys.exit("a hostile query got through, or a harmless one did not")


def _told(where: str, each: Attempt, found: Counter[str]) -> Counter[str]:
    """Print what got through, and return it."""
    if through := [name for name in WRONG if found[name]]:
        print(f"  {where}{', '.join(through)}: {each.cypher!r}", flush=True)
    return found


WRONG = ("changed", "files_read", "urls_called", "beyond_limit")

if __name__ == "__main__":
    main()
