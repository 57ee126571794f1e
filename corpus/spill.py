"""Tables by the million in constant memory, in files that SQLite removes when they are closed."""

from __future__ import annotations

import hashlib
import sqlite3

CACHE_KIB = 16 * 1024


def spilled(schema: str) -> sqlite3.Connection:
    """Return a database of these tables, which is gone when it is closed; threads may share it."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    connection.executescript(
        f"""
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB};
        {schema};
        BEGIN;
        """
    )
    return connection


class IdTable:
    """A set of ids, each with what was first said of it; both are kept as digests."""

    def __init__(self) -> None:
        self._connection = spilled(
            "CREATE TABLE seen (digest BLOB PRIMARY KEY, about BLOB) WITHOUT ROWID"
        )

    def add(self, identifier: str, about: str = "") -> bool:
        """Add an id with what is said of it, and return whether it is new."""
        row = (_digest(identifier, 16), _digest(about, 8))
        insert = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        return self._connection.execute(insert, row).rowcount == 1

    def holds(self, identifier: str, about: str) -> bool:
        """Return whether the id was added, and the same was said of it."""
        return self._about(identifier) == _digest(about, 8)

    def __contains__(self, identifier: str) -> bool:
        return self._about(identifier) is not None

    def close(self) -> None:
        """Remove the file."""
        self._connection.close()

    def _about(self, identifier: str) -> bytes | None:
        select = "SELECT about FROM seen WHERE digest = ?"
        row = self._connection.execute(select, (_digest(identifier, 16),)).fetchone()
        return row[0] if row else None


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
