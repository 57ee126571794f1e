"""Prefect's server in a process that ends with whoever started it, even where that is killed.

The starter holds the other end of standard input. It never writes: when it is gone, for whatever
reason, the input ends, and so does this process.

Servers of one folder start one after the other: each creates or migrates the database there before
it answers, and two that did so at once would break it.
"""

from __future__ import annotations

import fcntl
import os
import runpy
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

LOCK = Path(".starting.lock")
"""In the working folder, which is the server's own."""
POLL_SECONDS = 0.1


def main() -> None:
    """Run Prefect's command with the arguments of this process; the first is its API's address."""
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    url = sys.argv.pop(1)
    lock = LOCK.open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Thread(target=_release_once_it_answers, args=(lock, url), daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _release_once_it_answers(lock: IO[str], url: str) -> None:
    with lock:  # a process that ends lets go of it, too
        while not answers(url):
            time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Return whether an API at this address is ready."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


if __name__ == "__main__":
    main()
