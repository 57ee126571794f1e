"""The entity index in one SQLite file: looked up by key, counted with numpy.

A built file is never changed, only replaced.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.entities.file import entities_in, entities_version, read_entities
from corpus.entities.index import INDEX_FORMAT, IndexReport, Progress, unseen
from corpus.entities.keys import LEAST_SIMILARITY, MAX_TRIGRAMS, Form, weight
from corpus.entities.lookup import look_up, possible_ids
from corpus.entities.sqlite_file import PART_FORMS, TRIGRAM, WORD, candidate_of_row, fill
from corpus.errors import SourceRejected
from extractor.files import whole_file
from extractor.schema import Candidate

_NAMED = "SELECT DISTINCT rank FROM form WHERE folded = ? ORDER BY rank LIMIT ?"
_POSTING = "SELECT part, numbers FROM posting WHERE key = ? ORDER BY part"
_ENTITY = """
SELECT id, name, type, aliases, description, popularity, former_ids, facts FROM entity WHERE """
_FORMER = "rank = (SELECT rank FROM former WHERE id = ?)"
_REMEDY = "build it again with SqliteEntityIndex.build"
_FIRST_SIMILARITIES = (0.7, 0.5)
"""Where enough entities are that similar, those that are less so need not be looked at."""
_WEIGHTS = np.array([0.0, *map(weight, range(1, MAX_TRIGRAMS + 1))])

Numbers = NDArray[np.uint16]
Counts = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is told of each form of a part."""

    trigrams: Numbers
    """How many it has."""
    ranks: NDArray[np.uint32]
    """Of its entity."""


class SqliteEntityIndex:
    """An entity index that `build` has written. Threads may share it.

    Raises:
        SourceRejected: There is no index at this path, it is damaged, or of another format.
    """

    version: str
    entities: int
    """How many it holds."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SourceRejected(f"no entity index at {path}: {_REMEDY}")
        about = _about(path)
        if about is None:
            raise SourceRejected(f"entity index {path} is damaged or of another format: {_REMEDY}")
        self.version, self.entities = about
        self._lock = threading.Lock()
        self._connection = _open(path)
        self._forms = _Forms(self._connection)

    @classmethod
    def build(
        cls,
        path: Path,
        entities_file: Path,
        *,
        starter: Path | None = None,
        progress: Progress = unseen,
    ) -> IndexReport:
        """Build the index beside the old one and replace it; do nothing if the old is current.

        Args:
            path: where it lies.
            entities_file: what it is built from.
            starter: a file whose entries stand below those.
            progress: told now and then how many entities of about how many are read.

        Raises:
            SourceRejected: The entity file cannot be read.
        """
        version = entities_version(entities_file, starter)
        if (current := _about(path)) and current[0] == version:
            return IndexReport(version=version, entities=current[1], rebuilt=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as draft, closing(sqlite3.connect(draft)) as connection:
            found = read_entities(entities_file, starter)
            expected = entities_in(entities_file, starter)
            entities, skipped = fill(connection, version, found, expected, progress)
        return IndexReport(version=version, entities=entities, rebuilt=True, skipped=skipped)

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entities it may stand for, best first."""
        with self._lock:
            return look_up(self._forms, names, limit)

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids, also with previous ids, each under the id given."""
        with self._lock:
            rows = {id_: self._by_id(id_) for id_ in possible_ids(ids)}
        return {id_: candidate_of_row(row) for id_, row in rows.items() if row}

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _by_id(self, identifier: str) -> Sequence[str | float] | None:
        for condition in ("id = ?", _FORMER):
            found = self._connection.execute(f"{_ENTITY} {condition}", (identifier,))
            row: Sequence[str | float] | None = found.fetchone()
            if row:
                return row
        return None


class _Forms:
    """What the postings tell of a form; entities are known by rank."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._parts: dict[int, _Part] = {}

    def equal(self, forms: Sequence[Form], limit: int) -> Mapping[str, list[int]]:
        return {
            form.folded: [
                rank for (rank,) in self._connection.execute(_NAMED, (form.folded, limit))
            ]
            for form in forms
        }

    def holding(self, forms: Sequence[Form], limit: int) -> Mapping[str, list[int]]:
        return {form.folded: self._ranks(self._with_words(form), limit) for form in forms}

    def similar(self, forms: Sequence[Form], limit: int) -> Mapping[str, list[int]]:
        return {form.folded: self._most_similar(form, limit) for form in forms}

    def entities(self, keys: Sequence[int]) -> Mapping[int, Candidate]:
        found = (self._connection.execute(f"{_ENTITY} rank = ?", (rank,)) for rank in keys)
        return {
            rank: candidate_of_row(row.fetchone()) for rank, row in zip(keys, found, strict=True)
        }

    def _ranks(self, numbers: Iterator[int], limit: int) -> list[int]:
        """Return the first distinct entities of forms that come in their order."""
        ranks: dict[int, None] = {}
        for number in numbers:
            part, place = divmod(number, PART_FORMS)
            ranks[int(self._part(part).ranks[place])] = None
            if len(ranks) == limit:
                break
        return list(ranks)

    def _with_words(self, form: Form) -> Iterator[int]:
        """Yield the forms that have all the words."""
        for part, postings in self._postings(WORD, form.words):
            if len(postings) == len(form.words):
                first, *others = sorted(postings, key=len)
                for other in others:
                    places = np.searchsorted(other, first)
                    places[places == len(other)] = 0
                    first = first[other[places] == first]
                yield from (part * PART_FORMS + first.astype(np.int64)).tolist()

    def _most_similar(self, form: Form, limit: int) -> list[int]:
        """Return the entities of similar trigrams: looked for among the most similar first."""
        few = len(form.trigrams) < 256
        shared: dict[int, Counts] = {}
        for part, postings in self._postings(TRIGRAM, form.trigrams):
            counts = np.bincount(np.concatenate(postings), minlength=PART_FORMS)
            shared[part] = counts.astype(np.uint8) if few else counts.astype(np.uint16)
        ranks: list[int] = []
        for similarity in (*_FIRST_SIMILARITIES, LEAST_SIMILARITY):
            ranks = self._ranks(self._with_trigrams(form, shared, similarity), limit)
            if len(ranks) == limit:
                break
        return ranks

    def _with_trigrams(
        self, form: Form, shared: Mapping[int, Counts], similarity: float
    ) -> Iterator[int]:
        """Yield the forms that are at least so similar, the most similar first.

        Args:
            form: what is looked for.
            shared: for each part, how many trigrams each form shares with it.
            similarity: the least that counts.
        """
        numbers, scores = [], []
        for part, counts in shared.items():
            found = np.flatnonzero(counts >= form.least_shared(similarity))
            if len(found):
                weights = _WEIGHTS[self._part(part).trigrams[found]]
                score = (counts[found] * weights).astype(np.float32)
                enough = score >= form.least_score(similarity)
                numbers.append(part * PART_FORMS + found[enough])
                scores.append(score[enough])
        if numbers:
            number, score = np.concatenate(numbers), np.concatenate(scores)
            yield from number[np.lexsort((number, -score))].tolist()

    def _part(self, part: int) -> _Part:
        """Return what is told of a part's forms; six bytes a form are kept in memory."""
        if part not in self._parts:
            query = "SELECT trigrams, ranks FROM part WHERE part = ?"
            trigrams, ranks = self._connection.execute(query, (part,)).fetchone()
            self._parts[part] = _Part(
                trigrams=np.frombuffer(trigrams, dtype=np.uint16),
                ranks=np.frombuffer(ranks, dtype=np.uint32),
            )
        return self._parts[part]

    def _postings(self, kind: str, keys: Sequence[str]) -> list[tuple[int, list[Numbers]]]:
        """Return for each part the postings of those keys that it has."""
        parts: defaultdict[int, list[Numbers]] = defaultdict(list)
        for key in keys:
            for part, numbers in self._connection.execute(_POSTING, (kind + key,)):
                parts[part].append(np.frombuffer(numbers, dtype=np.uint16))
        return sorted(parts.items())


def _open(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _about(path: Path) -> tuple[str, int] | None:
    """Return the version and the number of entities of a built index, None if there is none."""
    if not path.is_file():
        return None
    try:
        with closing(_open(path)) as connection:
            query = "SELECT version, entities FROM about WHERE format = ?"
            row: tuple[str, int] | None = connection.execute(query, (INDEX_FORMAT,)).fetchone()
            return row
    except sqlite3.DatabaseError:
        return None
