"""Ids by the million in constant memory."""

from __future__ import annotations

import hashlib
import sqlite3

CACHE_KIB = 16 * 1024


class IdTable:
    """A set of ids, kept as digests in a file that SQLite removes when it is closed."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.executescript(
            f"""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB};
            CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID;
            BEGIN;
            """
        )

    def add(self, identifier: str) -> bool:
        """Add an id and return whether it is new."""
        insert = "INSERT OR IGNORE INTO seen VALUES (?)"
        return self._connection.execute(insert, (_digest(identifier),)).rowcount == 1

    def __contains__(self, identifier: str) -> bool:
        select = "SELECT 1 FROM seen WHERE digest = ?"
        return self._connection.execute(select, (_digest(identifier),)).fetchone() is not None

    def close(self) -> None:
        """Remove the file."""
        self._connection.close()


def _digest(identifier: str) -> bytes:
    return hashlib.blake2b(identifier.encode(), digest_size=16).digest()
