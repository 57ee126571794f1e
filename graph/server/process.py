"""The process of the embedded graph server: ArcadeDB with its Bolt plugin, on loopback only.

`graph.server.embedded` starts it as `python -m graph.server.process FOLDER PORT` and nobody else
should.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.server.embedded import DATABASE, READER_SECONDS, ServerFiles, hold_lock, reader
from graph.server.overdue import Overdue

if TYPE_CHECKING:
    from arcadedb_embedded.server import ArcadeDBServer

HEAP = "512m"
JVM_OPTIONS = ("-Xrs", "-XX:+UseSerialGC", "-Xms64m", "-Xss512k")
"""-Xrs leaves the signals to Python; the rest keeps the JVM small beside a model."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
CONNECTION = "BOLT-"
"""What the server calls the thread of a connection, before its client's address."""
LOOK_SECONDS = 0.5
"""How often the server looks for queries over their limit."""


def serve(folder: Path, port: int) -> None:
    """Run the server until a stop signal comes, then close its databases."""
    from arcadedb_embedded.server import ArcadeDBServer

    files = ServerFiles(folder)
    # Blocked before the JVM starts its threads, so that only sigtimedwait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    # Whoever asks whether a server runs takes the lock for a moment: hence the patience.
    with hold_lock(files, patience_seconds=2.0):
        os.chdir(folder)
        server = ArcadeDBServer(
            str(folder),
            files.password.read_text().strip(),
            {
                "host": "127.0.0.1",
                "mode": "production",
                "http_port": "0",
                "server_httpWorkerThreads": 2,
                "server_httpsIoThreads": 1,
                "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
                "bolt_host": "127.0.0.1",
                "bolt_port": port,
                "bolt_defaultDatabase": DATABASE,
                "opencypher_loadCsv_allowFileUrls": False,
                "opencypher_loadCsv_allowRemoteUrls": False,
            },
            jvm_kwargs={"heap_size": HEAP, "jvm_args": JVM_OPTIONS},
        )
        server.start()
        _tell_reasons(server)
        server.create_database(DATABASE)
        _make_readers(server, files.reader_password.read_text().strip())
        state = {"pid": os.getpid(), "port": port, "readers": len(READER_SECONDS)}
        files.state.write_text(json.dumps(state))
        try:
            _watch(server, files)
        finally:
            files.state.unlink(missing_ok=True)
            server.stop()


def _tell_reasons(server: ArcadeDBServer) -> None:
    """Let errors say why: in production mode the client is only told to read the server's log.

    The server starts in that mode all the same, as it then flushes its log of transactions, reads
    no files for a query and serves no web page. Only those who may read the graph reach it.
    """
    _java(server).getConfiguration().setValue("arcadedb.server.mode", "test")


def _make_readers(server: ArcadeDBServer, password: str) -> None:
    """Make the accounts that can only read, or give them this password."""
    import jpype

    security = _java(server).getSecurity()
    json_object = jpype.JClass("com.arcadedb.serializer.json.JSONObject")
    hashed = str(security.encodePassword(password))
    for seconds in READER_SECONDS:
        name = reader(seconds)
        group = {
            "readTimeout": seconds * 1000,
            "resultSetLimit": -1,
            "access": [],
            "types": {"*": {"access": ["readRecord"]}},
        }
        user = {"name": name, "password": hashed, "databases": {DATABASE: [name]}}
        security.saveGroup(DATABASE, name, json_object(json.dumps(group)))
        write = security.updateUser if security.existsUser(name) else security.createUser
        write(json_object(json.dumps(user)))


def _watch(server: ArcadeDBServer, files: ServerFiles) -> None:
    """Look after readers' queries until a stop signal comes.

    The server itself looks at `readTimeout` only where it reads records.
    """
    overdue = Overdue({reader(seconds): seconds for seconds in READER_SECONDS})
    now, times = time.monotonic(), _connection_seconds()
    while signal.sigtimedwait(STOP_SIGNALS, LOOK_SECONDS) is None:
        before, now = now, time.monotonic()
        earlier, times = times, _connection_seconds()
        taken = {
            address: times[address] - earlier[address] for address in times.keys() & earlier.keys()
        }
        running = _java(server).getRunningQueries().getRunning()
        if overdue.endless(running, passed=now - before, taken=taken):
            _start_again(files)


def _connection_seconds() -> dict[str, float]:
    """Return the processor time that each connection's thread took, by its client's address."""
    import jpype

    threads = jpype.JClass("java.lang.management.ManagementFactory").getThreadMXBean()
    return {
        str(each.getThreadName()).removeprefix(CONNECTION): max(0.0, nanoseconds / 1e9)
        for each in threads.getThreadInfo(threads.getAllThreadIds())
        if each is not None and str(each.getThreadName()).startswith(CONNECTION)
        for nanoseconds in [threads.getThreadCpuTime(each.getThreadId())]
    }


def _start_again(files: ServerFiles) -> None:
    """Put another server in the place of this one, whose data are safe as after any crash.

    A loop within one expression ends for nobody, and takes a processor from all the others.
    """
    print("a query does not end: starting again", flush=True)
    files.state.unlink(missing_ok=True)  # else a start takes the dead server's for the new one's
    subprocess.Popen(
        [sys.executable, "-m", "graph.server.process", *sys.argv[1:]], start_new_session=True
    )
    os._exit(1)


def _java(server: ArcadeDBServer) -> Any:
    return server._java_server


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
