"""People's verdicts on edges: one from the command line, or many from a CSV file."""

from __future__ import annotations

import csv
import getpass
from collections.abc import Iterator
from pathlib import Path

from corpus.times import utc_time
from extractor.relations import RelationVocabulary, relationship_type
from flows.components import components
from flows.errors import CorrectionsRejected, NoSuchEntity
from flows.resolving import Choose, resolve
from flows.runs import now
from graph.client import Graph
from graph.records import Correction

COLUMNS = ("head", "relation", "tail", "verdict")
OPTIONAL = ("by", "at", "note")
VERDICTS = ("confirmed", "rejected")
PROBLEMS_SHOWN = 10


def relation_id(vocabulary: RelationVocabulary, given: str) -> str:
    """Return the id of a relation that is given by id, English name or relationship type.

    Raises:
        CorrectionsRejected: the checkpoint has no such relation.
    """
    if given in vocabulary.names:
        return given
    wanted = relationship_type(given)
    for relation, type_ in vocabulary.types.items():
        if type_ == wanted:
            return relation
    raise CorrectionsRejected(
        f"{given!r} is no relation of the checkpoint: give an id such as "
        f"{vocabulary.ids[0]} or a name such as {vocabulary.names[vocabulary.ids[0]]!r}"
    )


def correct(
    head: str, relation: str, tail: str, verdict: str, *, note: str, by: str, choose: Choose
) -> Correction:
    """Store one verdict; head and tail are ids, names or aliases.

    Raises:
        NoSuchEntity: the graph does not know the head or the tail.
        CorrectionsRejected: the checkpoint has no such relation, or a newer verdict stands.
    """
    parts = components()
    vocabulary, graph = parts.vocabulary(), parts.graph()
    correction = Correction(
        head=resolve(graph, head, choose).id,
        relation=relation_id(vocabulary, relation),
        tail=resolve(graph, tail, choose).id,
        verdict=verdict,
        by=by or getpass.getuser(),
        at=now(),
        note=note,
    )
    if not graph.correct([correction], relations=vocabulary, champion=parts.champion_name()):
        raise CorrectionsRejected(
            "the edge has a newer verdict: is the clock of this machine right?"
        )
    return correction


def withdraw(head: str, relation: str, tail: str, choose: Choose) -> bool:
    """Take a verdict back; the edge is then what its evidence says. False if there was none."""
    parts = components()
    vocabulary, graph = parts.vocabulary(), parts.graph()
    return graph.withdraw(
        _id_of(graph, head, choose),
        relation_id(vocabulary, relation),
        _id_of(graph, tail, choose),
        relations=vocabulary,
        champion=parts.champion_name(),
    )


def _id_of(graph: Graph, name: str, choose: Choose) -> str:
    """Return the id of an entity; what the graph has no more can only be given by its id."""
    try:
        return resolve(graph, name, choose).id
    except NoSuchEntity:
        return name


def correct_file(path: Path, *, by: str) -> int:
    """Store the verdicts of a CSV file, all or none; return how many are newer than what was there.

    The columns are head, relation, tail and verdict ('confirmed' or 'rejected'), and, if you like,
    by, at and note. Heads and tails are ids, or names that only one entity has.

    Raises:
        CorrectionsRejected: rows that cannot be used; the message lists the first of them.
    """
    parts = components()
    vocabulary = parts.vocabulary()
    problems: list[str] = []
    corrections = list(_rows(path, parts.graph(), vocabulary, by or getpass.getuser(), problems))
    if problems:
        shown = "\n  ".join(problems[:PROBLEMS_SHOWN])
        raise CorrectionsRejected(
            f"{path}: {len(problems)} rows cannot be used, so none was stored:\n  {shown}"
        )
    return parts.graph().correct(corrections, relations=vocabulary, champion=parts.champion_name())


def _rows(
    path: Path, graph: Graph, vocabulary: RelationVocabulary, by: str, problems: list[str]
) -> Iterator[Correction]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise CorrectionsRejected(
                    f"{path}: the first line must name the columns {', '.join(COLUMNS)}; "
                    f"{', '.join(missing)} is missing"
                )
            for row in rows:
                try:
                    yield _correction(row, graph, vocabulary, by)
                except (CorrectionsRejected, ValueError) as error:
                    problems.append(f"line {rows.line_num}: {error}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorrectionsRejected(f"{path} cannot be read as CSV in UTF-8: {error}") from error


def _correction(
    row: dict[str, str], graph: Graph, vocabulary: RelationVocabulary, by: str
) -> Correction:
    verdict = (row["verdict"] or "").strip().lower()
    if verdict not in VERDICTS:
        raise ValueError(f"verdict {verdict!r} is neither {' nor '.join(VERDICTS)}")
    return Correction(
        head=_only(graph, row["head"]),
        relation=relation_id(vocabulary, (row["relation"] or "").strip()),
        tail=_only(graph, row["tail"]),
        verdict=verdict,
        by=(row.get("by") or "").strip() or by,
        at=utc_time(row["at"]) if row.get("at") else now(),
        note=(row.get("note") or "").strip(),
    )


def _only(graph: Graph, name: str) -> str:
    found = graph.find((name or "").strip())
    if len(found) != 1:
        count = "no entity" if not found else f"{len(found)} entities"
        raise ValueError(f"{count} in the graph for {name!r}: give an id")
    return found[0].id
