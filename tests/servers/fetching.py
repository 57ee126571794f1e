"""Where the servers of tests are kept, and how they get there."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = Path.home() / ".cache" / "factloom-test-servers"


@contextmanager
def fetching() -> Iterator[None]:
    """Let one process at a time fetch: tests run in several, and Maven's own folder has no lock."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
