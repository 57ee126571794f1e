"""The process of the embedded graph server: ArcadeDB with its Bolt plugin, on loopback only.

`graph.server` starts it as `python -m graph.embedded FOLDER PORT` and nobody else should.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from graph.server import DATABASE, Files, hold_lock

if TYPE_CHECKING:
    from arcadedb_embedded.server import ArcadeDBServer

HEAP = "512m"
JVM_OPTIONS = ("-Xrs", "-XX:+UseSerialGC", "-Xms64m", "-Xss512k")
"""-Xrs leaves the signals to Python; the rest keeps the JVM small beside a model."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(folder: Path, port: int) -> None:
    """Run the server until a stop signal comes, then close its databases."""
    from arcadedb_embedded.server import ArcadeDBServer

    files = Files(folder)
    # Blocked before the JVM starts its threads, so that only sigwait below receives them.
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
            },
            jvm_kwargs={"heap_size": HEAP, "jvm_args": JVM_OPTIONS},
        )
        server.start()
        _tell_reasons(server)
        server.create_database(DATABASE)
        files.state.write_text(json.dumps({"pid": os.getpid(), "port": port}))
        try:
            signal.sigwait(STOP_SIGNALS)
        finally:
            files.state.unlink(missing_ok=True)
            server.stop()


def _tell_reasons(server: ArcadeDBServer) -> None:
    """Let errors say why: in production mode the client is only told to read the server's log.

    The server starts in that mode all the same, as it then flushes its log of transactions, reads
    no files for a query and serves no web page. Only those who may read the graph reach it.
    """
    server._java_server.getConfiguration().setValue("arcadedb.server.mode", "test")


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
