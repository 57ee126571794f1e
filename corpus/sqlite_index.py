"""The entity index in one SQLite file.

Entities are numbered by rank, and surface forms in the order of their entities, so that the rows
of a full-text match come in the order of the answer: reading stops after `limit` entities, however
common the words. A built file is never changed, only replaced.
"""

from __future__ import annotations

import json
import os
import sqlite3
import string
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from corpus.entities import (
    IndexReport,
    entities_version,
    folded,
    read_entities,
    surface_forms,
    words_of,
)
from corpus.errors import SourceRejected
from corpus.records import Skipped
from extractor.schema import Candidate

# Names are folded by us and SQLite's own idea of a letter must not matter: the ascii tokenizer,
# with all ASCII punctuation as letters, splits at blanks and nowhere else.
_TOKENIZER = "ascii tokenchars '{}'".format(string.punctuation.replace("'", "''"))
_SCHEMA = """
CREATE TABLE about (version TEXT NOT NULL, entities INTEGER NOT NULL);
CREATE TABLE entity (
    rank INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    name TEXT, type TEXT, aliases TEXT, description TEXT, popularity REAL, former_ids TEXT
);
CREATE TABLE former (id TEXT PRIMARY KEY, rank INTEGER NOT NULL);
CREATE TABLE surface (number INTEGER PRIMARY KEY, folded TEXT NOT NULL, rank INTEGER NOT NULL);
CREATE VIRTUAL TABLE surface_words USING fts5(folded, content='', detail=none, tokenize="{}");
CREATE TEMPORARY TABLE unranked (id, name, type, aliases, description, popularity, former_ids);
""".format(_TOKENIZER.replace('"', '""'))
_RANK = """
INSERT INTO entity (id, name, type, aliases, description, popularity, former_ids)
SELECT * FROM unranked ORDER BY popularity DESC, id
"""
_EXACT = "SELECT DISTINCT rank FROM surface WHERE folded = ? ORDER BY rank LIMIT ?"
_CONTAINS = """
SELECT surface.rank FROM surface_words JOIN surface ON surface.number = surface_words.rowid
WHERE surface_words MATCH ? ORDER BY surface_words.rowid
"""
_ENTITY = "SELECT id, name, type, aliases, description, popularity, former_ids FROM entity WHERE "
_FORMER = "rank = (SELECT rank FROM former WHERE id = ?)"
_REMEDY = "build it again with SqliteEntityIndex.build"


class SqliteEntityIndex:
    """An entity index that `build` has written. Threads may share it.

    Raises:
        SourceRejected: There is no index at this path, or it is damaged.
    """

    version: str

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SourceRejected(f"no entity index at {path}: {_REMEDY}")
        self._lock = threading.Lock()
        self._connection = _open(path)
        try:
            self.version, _ = self._connection.execute("SELECT * FROM about").fetchone()
        except (sqlite3.DatabaseError, TypeError) as error:
            self._connection.close()
            raise SourceRejected(f"entity index {path} is damaged: {_REMEDY}") from error

    @classmethod
    def build(cls, path: Path, entities_file: Path) -> IndexReport:
        """Build the index beside the old one and replace it; do nothing if the old is current.

        Raises:
            SourceRejected: The entity file cannot be read.
        """
        version = entities_version(entities_file)
        if (current := _about(path)) and current[0] == version:
            return IndexReport(version=version, entities=current[1], rebuilt=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        beside.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(beside)) as connection:
                entities, skipped = _fill(connection, version, entities_file)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        return IndexReport(version=version, entities=entities, rebuilt=True, skipped=skipped)

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entities it may stand for, best first."""
        with self._lock:
            return {
                name: tuple(
                    _candidate(self._connection.execute(f"{_ENTITY} rank = ?", (rank,)).fetchone())
                    for rank in self._ranks(folded(name), limit)
                )
                for name in dict.fromkeys(names)
            }

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids, also with ids of before, each under the id given."""
        with self._lock:
            rows = {id_: self._by_id(id_) for id_ in ids}
        return {id_: _candidate(row) for id_, row in rows.items() if row}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _by_id(self, identifier: str) -> Sequence[str | float] | None:
        for condition in ("id = ?", _FORMER):
            row: Sequence[str | float] | None = self._connection.execute(
                f"{_ENTITY} {condition}", (identifier,)
            ).fetchone()
            if row:
                return row
        return None

    def _ranks(self, name: str, limit: int) -> list[int]:
        words = words_of(name)
        if not words:
            return []
        ranks = [rank for (rank,) in self._connection.execute(_EXACT, (name, limit))]
        match = " ".join('"{}"'.format(word.replace('"', '""')) for word in words)
        with closing(self._connection.execute(_CONTAINS, (match,))) as rows:
            for (rank,) in rows:
                if len(ranks) >= limit:
                    break
                if rank not in ranks:
                    ranks.append(rank)
        return ranks


def _open(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _about(path: Path) -> tuple[str, int] | None:
    """Return the version and the number of entities of a built index, None if there is none."""
    if not path.is_file():
        return None
    try:
        with closing(_open(path)) as connection:
            row: tuple[str, int] | None = connection.execute("SELECT * FROM about").fetchone()
            return row
    except sqlite3.DatabaseError:
        return None


def _fill(
    connection: sqlite3.Connection, version: str, entities_file: Path
) -> tuple[int, tuple[Skipped, ...]]:
    skipped: list[Skipped] = []
    connection.executescript(f"PRAGMA journal_mode = OFF; {_SCHEMA}")
    for found in read_entities(entities_file):
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            connection.execute("INSERT INTO unranked VALUES (?, ?, ?, ?, ?, ?, ?)", _row(found))
    entities = connection.execute(_RANK).rowcount
    number = 0
    for rank, *row in connection.execute("SELECT * FROM entity ORDER BY rank"):
        entity = _candidate(row)
        connection.executemany(
            "INSERT OR IGNORE INTO former VALUES (?, ?)", ((old, rank) for old in entity.former_ids)
        )
        for name in surface_forms(entity):
            number += 1
            connection.execute("INSERT INTO surface VALUES (?, ?, ?)", (number, name, rank))
            connection.execute(
                "INSERT INTO surface_words (rowid, folded) VALUES (?, ?)", (number, name)
            )
    connection.execute("CREATE INDEX surface_folded ON surface (folded, rank)")
    connection.execute("INSERT INTO about VALUES (?, ?)", (version, entities))
    connection.commit()
    return entities, tuple(skipped)


def _row(entity: Candidate) -> tuple[str | float, ...]:
    return (
        entity.id,
        entity.name,
        entity.type,
        json.dumps(entity.aliases, ensure_ascii=False),
        entity.description,
        entity.popularity,
        json.dumps(entity.former_ids),
    )


def _candidate(row: Sequence[str | float]) -> Candidate:
    id_, name, type_, aliases, description, popularity, former_ids = row
    return Candidate(
        id=str(id_),
        name=str(name),
        type=str(type_),
        aliases=tuple(json.loads(str(aliases))),
        description=str(description),
        popularity=float(popularity),
        former_ids=tuple(json.loads(str(former_ids))),
    )
