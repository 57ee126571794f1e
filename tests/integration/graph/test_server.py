"""The embedded server as a process: its port, its password, its end, its death."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.schema import Extraction
from graph.client import Graph, connect
from graph.errors import GraphRejected, GraphUnavailable, PortTaken, QueryTooLong, ServerFailed
from graph.server import EmbeddedServer
from graph.snapshot import diff, snapshot
from tests.servers.neo4j import free_port
from tests.unit.graph.extractions import RELATIONS, RUN, random_corpus

pytestmark = pytest.mark.integration


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path, free_port())
    yield server
    server.stop()


def open_graph(server: EmbeddedServer) -> Graph:
    return connect(
        server.uri,
        username=server.username,
        password=server.password,
        database=server.database,
    )


def open_reader(server: EmbeddedServer, seconds: float) -> Graph:
    return connect(
        server.uri,
        username=server.reader_username(seconds),
        password=server.reader_password,
        database=server.database,
        seconds=seconds,
    )


def write_for_ever(graph: Graph, corpus: list[Extraction]) -> None:
    while True:
        graph.writer(RUN, RELATIONS, batch_documents=3).upsert(corpus)


def process_id(server: EmbeddedServer) -> int:
    return int(json.loads(server.files.state.read_text())["pid"])


def test_starting_twice_is_starting_once(server: EmbeddedServer) -> None:
    server.start()
    first = process_id(server)
    server.start()
    assert process_id(server) == first
    assert server.running()


def test_two_starters_get_one_server(server: EmbeddedServer) -> None:
    starters = [threading.Thread(target=server.start) for _ in range(2)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    with open_graph(server) as graph:
        assert graph.query("RETURN 1 AS one") == [{"one": 1}]


def test_data_outlives_a_stop(server: EmbeddedServer) -> None:
    server.start()
    with open_graph(server) as graph:
        graph.ensure_schema()
        graph.writer(RUN, RELATIONS).upsert(random_corpus(5, 1))
        before = snapshot(graph)

    assert server.stop()
    assert not server.running()
    assert not server.stop()
    server.start()

    with open_graph(server) as graph:
        assert diff(before, snapshot(graph)) == []


def test_a_kill_while_writing_loses_and_doubles_nothing(server: EmbeddedServer) -> None:
    server.start()
    corpus = random_corpus(60, 2)
    with open_graph(server) as graph:
        graph.ensure_schema()
        graph.writer(RUN, RELATIONS).upsert(corpus)
        clean = snapshot(graph)

        killer = threading.Timer(0.5, os.kill, (process_id(server), signal.SIGKILL))
        killer.start()
        with pytest.raises(GraphUnavailable):
            write_for_ever(graph, corpus)
    server.start()

    with open_graph(server) as graph:
        assert diff(clean, snapshot(graph)) == []
        report = graph.writer(RUN, RELATIONS).upsert(corpus)
        assert report.edges_new + report.edges_changed + report.edges_removed == 0
        assert diff(clean, snapshot(graph)) == []


def test_only_the_owner_can_read_the_password(server: EmbeddedServer) -> None:
    server.start()
    assert stat.S_IMODE(server.files.password.stat().st_mode) == 0o600
    assert server.password not in server.files.log.read_text()
    with pytest.raises(GraphRejected, match="credentials"):
        connect(server.uri, username="root", password="wrong" * 4, database=server.database)


def test_only_the_owner_can_read_the_database(server: EmbeddedServer) -> None:
    before = os.umask(0o022)
    try:
        server.start()
    finally:
        os.umask(before)
    files = [server.files.folder, *(server.files.folder / "databases").rglob("*")]
    assert len(files) > 2
    assert [file for file in files if file.stat().st_mode & 0o077] == []


def test_a_home_without_readers_gets_them(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    server.files.reader_password.unlink()
    users = server.files.folder / "config" / "server-users.jsonl"
    kept = [line for line in users.read_text().splitlines() if "reader-60" not in line]
    users.write_text("\n".join(kept) + "\n")
    server.start()
    assert stat.S_IMODE(server.files.reader_password.stat().st_mode) == 0o600
    for seconds in (1, 60):
        with open_reader(server, seconds) as graph:
            assert graph.query("RETURN 1 AS one") == [{"one": 1}]


def test_a_server_of_an_older_version_must_be_stopped_first(server: EmbeddedServer) -> None:
    server.start()
    state = json.loads(server.files.state.read_text())
    server.files.state.write_text(json.dumps({"pid": state["pid"], "port": state["port"]}))
    with pytest.raises(ServerFailed, match="factloom down"):
        server.start()


def test_no_account_reads_for_ever(server: EmbeddedServer) -> None:
    assert server.reader_username(7) == "reader-15"
    with pytest.raises(GraphRejected, match="3600 s"):
        server.reader_username(3601)


def test_a_query_that_nothing_ends_takes_the_server_with_it(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    first = process_id(server)
    with open_graph(server) as graph:
        graph.ensure_schema()
        before = snapshot(graph)
    monkeypatch.setattr("graph.connection.refuse_writes", lambda cypher: None)
    inner = "any(y IN range(1, 100000) WHERE y = -1)"
    with open_reader(server, 1) as reader, pytest.raises(QueryTooLong):
        reader.query(f"RETURN size([x IN range(1, 100000) WHERE {inner}]) AS size")
    server.start()
    assert process_id(server) != first
    with open_graph(server) as graph:
        assert diff(before, snapshot(graph)) == []


def test_only_this_machine_can_reach_it(server: EmbeddedServer) -> None:
    server.start()
    listening = [
        line.split()[1] + line.split()[3]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{process_id(server)}/net/{table}").read_text().splitlines()[1:]
    ]
    port = f":{server.port:04X}"
    ours = [address for address in listening if port in address and address.endswith("0A")]
    loopback = ("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000")
    assert ours
    assert all(address.startswith(loopback) for address in ours)


def test_a_taken_port_is_named(server: EmbeddedServer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        with pytest.raises(PortTaken, match=str(server.port)):
            server.start()


def test_another_port_for_a_running_server_is_refused(server: EmbeddedServer) -> None:
    server.start()
    with pytest.raises(ServerFailed, match=f"already runs on port {server.port}"):
        EmbeddedServer(server.home, free_port()).start()


def test_a_server_that_cannot_start_shows_its_log(server: EmbeddedServer) -> None:
    server.files.folder.mkdir(parents=True)
    (server.files.folder / "databases").write_text("not a folder")
    with pytest.raises(ServerFailed, match="ended while starting"):
        server.start()
