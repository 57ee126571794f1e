"""How a SQLite file holds the entity index, and how it is filled.

Entities are numbered by rank (popularity, then id), surface forms in the order of every answer:
popularity, then length, then id. A posting lists the forms that have a key, part by part: as
numbers of 16 bits, since a part is 65,536 forms. So a build holds one part in memory, and a
look-up counts part by part, however large the index.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from corpus.entities.facts import fact_lines, parsed_facts
from corpus.entities.index import INDEX_FORMAT, Progress
from corpus.entities.keys import Form, surface_forms
from corpus.source import Skipped
from extractor.schema import Candidate

PART_FORMS = 1 << 16
SHOWN_EVERY = 10_000
"""Entities between two steps of the progress."""
WORD, TRIGRAM = "w", "t"
"""What a posting's key begins with."""

_SCHEMA = """
CREATE TABLE about (format TEXT NOT NULL, version TEXT NOT NULL, entities INTEGER NOT NULL);
CREATE TABLE entity (
    rank INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, type TEXT, aliases TEXT,
    description TEXT, popularity REAL, former_ids TEXT, facts TEXT
);
CREATE TABLE former (id TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE form (number INTEGER PRIMARY KEY, folded TEXT NOT NULL, rank INTEGER NOT NULL);
CREATE TABLE posting (key TEXT NOT NULL, part INTEGER NOT NULL, numbers BLOB NOT NULL);
CREATE TABLE part (part INTEGER PRIMARY KEY, trigrams BLOB NOT NULL, ranks BLOB NOT NULL);
CREATE TEMPORARY TABLE unranked (
    id, name, type, aliases, description, popularity, former_ids, facts
);
CREATE TEMPORARY TABLE unordered (folded, rank, popularity);
"""
_RANK = """
INSERT INTO entity (id, name, type, aliases, description, popularity, former_ids, facts)
SELECT * FROM unranked ORDER BY popularity DESC, id
"""
_ORDER = """
INSERT INTO form (number, folded, rank)
SELECT row_number() OVER (ORDER BY popularity DESC, length(folded), rank, folded) - 1, folded, rank
FROM unordered
"""


def fill(
    connection: sqlite3.Connection,
    version: str,
    entries: Iterable[Candidate | Skipped],
    expected: int,
    progress: Progress,
) -> tuple[int, tuple[Skipped, ...]]:
    """Fill an empty file; return how many entities it holds, and what was skipped."""
    skipped: list[Skipped] = []
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
    read = 0
    for found in entries:
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        connection.execute("INSERT INTO unranked VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(found))
        read += 1
        if read % SHOWN_EVERY == 0:
            progress(read, expected)
    entities = connection.execute(_RANK).rowcount
    connection.execute("DROP TABLE unranked")
    for rank, *row in connection.execute("SELECT * FROM entity ORDER BY rank"):
        entity = candidate_of_row(row)
        connection.executemany(
            "INSERT OR IGNORE INTO former VALUES (?, ?)", ((old, rank) for old in entity.former_ids)
        )
        connection.executemany(
            "INSERT INTO unordered VALUES (?, ?, ?)",
            ((name, rank, entity.popularity) for name in surface_forms(entity)),
        )
    connection.execute(_ORDER)
    connection.execute("DROP TABLE unordered")
    for part, forms in enumerate(_parts(connection)):
        _post(connection, part, forms)
    connection.execute("CREATE INDEX form_folded ON form (folded, rank)")
    connection.execute("CREATE INDEX posting_key ON posting (key, part)")
    connection.execute("INSERT INTO about VALUES (?, ?, ?)", (INDEX_FORMAT, version, entities))
    connection.commit()
    progress(entities, entities)
    return entities, tuple(skipped)


def candidate_of_row(row: Sequence[str | float]) -> Candidate:
    """Return the entity that a row holds, without its rank."""
    id_, name, type_, aliases, description, popularity, former_ids, facts = row
    return Candidate(
        id=str(id_),
        name=str(name),
        type=str(type_),
        aliases=_lines(aliases),
        description=str(description),
        popularity=float(popularity),
        former_ids=_lines(former_ids),
        facts=parsed_facts(_lines(facts)),
    )


def _lines(value: str | float) -> tuple[str, ...]:
    """Return what was stored a line each; neither names nor ids have line breaks."""
    return tuple(str(value).split("\n")) if value else ()


def _row(entity: Candidate) -> tuple[str | float, ...]:
    return (
        entity.id,
        entity.name,
        entity.type,
        "\n".join(entity.aliases),
        entity.description,
        entity.popularity,
        "\n".join(entity.former_ids),
        "\n".join(fact_lines(entity)),
    )


def _parts(connection: sqlite3.Connection) -> Iterator[list[tuple[str, int]]]:
    """Yield folded name and rank of the forms of one part after another."""
    forms = connection.execute("SELECT folded, rank FROM form ORDER BY number")
    while part := forms.fetchmany(PART_FORMS):
        yield part


def _post(connection: sqlite3.Connection, part: int, forms: Sequence[tuple[str, int]]) -> None:
    postings: defaultdict[str, array[int]] = defaultdict(lambda: array("H"))
    sizes, ranks = array("H"), array("I")
    for number, (name, rank) in enumerate(forms):
        form = Form(name)
        sizes.append(len(form.trigrams))
        ranks.append(rank)
        for word in form.words:
            postings[WORD + word].append(number)
        for trigram in form.trigrams:
            postings[TRIGRAM + trigram].append(number)
    connection.executemany(
        "INSERT INTO posting VALUES (?, ?, ?)",
        ((key, part, numbers.tobytes()) for key, numbers in sorted(postings.items())),
    )
    about = (part, sizes.tobytes(), ranks.tobytes())
    connection.execute("INSERT INTO part VALUES (?, ?, ?)", about)
