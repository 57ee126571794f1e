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
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.servers.neo4j import free_port
from tests.unit.graph.extractions import RELATIONS, RUN, random_corpus

pytestmark = pytest.mark.integration


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path, free_port())
    yield server
    server.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server that was started by somebody who lets others read his files."""
    server = EmbeddedServer(tmp_path_factory.mktemp("home"), free_port())
    before = os.umask(0o022)
    try:
        server.start()
    finally:
        os.umask(before)
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


def test_starting_twice_is_starting_once(running: EmbeddedServer) -> None:
    first = process_id(running)
    running.start()
    assert process_id(running) == first
    assert running.running()


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
    corpus = random_corpus(24, 2)
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


def test_only_the_owner_can_read_the_password(running: EmbeddedServer) -> None:
    assert stat.S_IMODE(running.files.password.stat().st_mode) == 0o600
    assert running.password not in running.files.log.read_text()
    with pytest.raises(GraphRejected, match="credentials"):
        connect(running.uri, username="root", password="wrong" * 4, database=running.database)


def test_only_the_owner_can_read_the_database(running: EmbeddedServer) -> None:
    files = [running.files.folder, *(running.files.folder / "databases").rglob("*")]
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


def test_a_server_of_an_older_version_must_be_stopped_first(running: EmbeddedServer) -> None:
    told = running.files.state.read_text()
    state = json.loads(told)
    running.files.state.write_text(json.dumps({"pid": state["pid"], "port": state["port"]}))
    with pytest.raises(ServerFailed, match="factloom down"):
        running.start()
    running.files.state.write_text(told)


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
    monkeypatch.setattr("graph.driver.connection.refuse_writes", lambda cypher: None)
    inner = "any(y IN range(1, 100000) WHERE y = -1)"
    with open_reader(server, 1) as reader, pytest.raises(QueryTooLong):
        reader.query(f"RETURN size([x IN range(1, 100000) WHERE {inner}]) AS size")
    server.start()
    assert process_id(server) != first
    with open_graph(server) as graph:
        assert diff(before, snapshot(graph)) == []


def test_only_this_machine_can_reach_it(running: EmbeddedServer) -> None:
    listening = [
        line.split()[1] + line.split()[3]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{process_id(running)}/net/{table}").read_text().splitlines()[1:]
    ]
    port = f":{running.port:04X}"
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


def test_another_port_for_a_running_server_is_refused(running: EmbeddedServer) -> None:
    with pytest.raises(ServerFailed, match=f"already runs on port {running.port}"):
        EmbeddedServer(running.home, free_port()).start()


def test_a_server_that_cannot_start_shows_its_log(server: EmbeddedServer) -> None:
    server.files.folder.mkdir(parents=True)
    (server.files.folder / "databases").write_text("not a folder")
    with pytest.raises(ServerFailed, match="ended while starting"):
        server.start()
