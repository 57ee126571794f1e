"""People's verdicts as a CSV table: its rows are checked together, and none counts alone."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.fields.times import utc_time
from extractor.relations import RelationVocabulary
from flows.corrections.lookup import relation_id
from flows.errors import CorrectionsRejected
from flows.run.context import now
from graph.client import Graph
from graph.model.records import Correction, FoundEntity
from graph.reading.queries import entities_of

log = logging.getLogger(__name__)

COLUMNS = ("head", "relation", "tail", "verdict")
OPTIONAL = ("by", "at", "note")
VERDICTS = ("confirmed", "rejected")
PROBLEMS_SHOWN = 10
CLOCKS_DIFFER = timedelta(days=1)
"""Of a verdict's time after ours: a later one would stand against all that people say till then."""


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    cells: Mapping[str, str]


def read_verdicts(
    path: Path, graph: Graph, vocabulary: RelationVocabulary, *, by: str
) -> list[Correction]:
    """Return the verdicts of a CSV file.

    Args:
        path: its columns are head, relation, tail and verdict, and by choice by, at and note.
        graph: has the heads and tails, which are given by id, or by a name that only one has.
        vocabulary: of the champion.
        by: who says so in rows that do not tell.

    Raises:
        CorrectionsRejected: rows that cannot be used; the message lists the first of them.
    """
    problems: list[str] = []
    rows = _rows(path, problems)
    entities = _entities(graph, {row.cells[end] for row in rows for end in ("head", "tail")})
    table = _Table(entities, vocabulary, by, now())
    for row in rows:
        try:
            table.add(row)
        except (CorrectionsRejected, ValueError) as error:
            problems.append(f"{row.place}: {error}")
    if problems:
        shown = "\n  ".join(problems[:PROBLEMS_SHOWN])
        raise CorrectionsRejected(
            f"{path}: {len(problems)} rows cannot be used, so none was stored:\n  {shown}"
        )
    return table.verdicts


class _Table:
    """The verdicts so far, and where they stand."""

    def __init__(
        self,
        entities: Mapping[str, Sequence[FoundEntity]],
        vocabulary: RelationVocabulary,
        by: str,
        at: str,
    ) -> None:
        self.verdicts: list[Correction] = []
        self._entities = entities
        self._vocabulary = vocabulary
        self._by = by
        self._at = at
        self._places: dict[tuple[str, ...], tuple[str, str]] = {}

    def add(self, row: _Row) -> None:
        """Take a row in.

        Raises:
            CorrectionsRejected: the checkpoint has no such relation.
            ValueError: a cell cannot be used, or another row says the opposite at the same time.
        """
        cells = row.cells
        verdict = cells["verdict"].lower()
        if verdict not in VERDICTS:
            raise ValueError(f"verdict {verdict!r} is neither {' nor '.join(VERDICTS)}")
        found = Correction(
            head=self._only(cells["head"]),
            relation=relation_id(self._vocabulary, cells["relation"]),
            tail=self._only(cells["tail"]),
            verdict=verdict,
            by=cells["by"] or self._by,
            at=_past(cells["at"]) if cells["at"] else self._at,
            note=cells["note"],
        )
        edge_at = (found.head, found.relation, found.tail, found.at)
        before, place = self._places.setdefault(edge_at, (verdict, row.place))
        if before != verdict:
            raise ValueError(f"{place} says {before!r} of the same edge: keep one of them")
        self.verdicts.append(found)

    def _only(self, name: str) -> str:
        found = self._entities[name]
        if len(found) != 1:
            count = "no entity" if not found else f"{len(found)} entities"
            raise ValueError(f"{count} in the graph for {name!r}: give an id")
        return found[0].id


def _rows(path: Path, problems: list[str]) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            titles = reader.fieldnames or ()
            if missing := [name for name in COLUMNS if name not in titles]:
                raise CorrectionsRejected(
                    f"{path}: the first line must name the columns {', '.join(COLUMNS)}; "
                    f"{', '.join(missing)} is missing"
                )
            if unread := [name for name in titles if name not in (*COLUMNS, *OPTIONAL)]:
                log.warning("%s: columns that are not read: %s", path, ", ".join(unread))
            rows = []
            for row in reader:
                place = f"line {reader.line_num}"
                if None in row:
                    problems.append(f"{place}: more cells than titles: quote what holds a comma")
                    continue
                cells = {each: (row.get(each) or "").strip() for each in (*COLUMNS, *OPTIONAL)}
                rows.append(_Row(place, cells))
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorrectionsRejected(f"{path} cannot be read as CSV in UTF-8: {error}") from error


def _entities(graph: Graph, names: Iterable[str]) -> dict[str, Sequence[FoundEntity]]:
    """Return the entities of each name: those of ids asked for together, each other name once."""
    wanted = sorted(set(names))
    by_id = {entity.id: [entity] for entity in entities_of(graph.read, wanted)}
    return {name: by_id.get(name) or graph.find(name) for name in wanted}


def _past(value: str) -> str:
    time = utc_time(value)
    if time > f"{datetime.now(UTC) + CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%SZ}":
        raise ValueError(f"the time {value!r} is in the future, and no later verdict could count")
    return time
