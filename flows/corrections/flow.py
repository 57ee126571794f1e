"""People's verdicts on edges: one from the command line, or many from a CSV file."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from flows.components import components
from flows.corrections.lookup import Choose, find_entity, relation_id
from flows.corrections.verdict_table import read_verdicts
from flows.errors import CorrectionsRejected, NoSuchEntity
from flows.run.context import now
from graph.client import Graph
from graph.model.records import Correction, FoundEntity


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """A verdict, with what its ids stand for."""

    correction: Correction
    head: FoundEntity
    tail: FoundEntity
    relation: str
    """Its relationship type."""

    def __str__(self) -> str:
        given = self.correction
        return (
            f"{given.verdict}: {self.head.name} ({given.head}) {self.relation} ({given.relation}) "
            f"{self.tail.name} ({given.tail}), by {given.by}"
        )


def correct(
    head: str, relation: str, tail: str, verdict: str, *, note: str, by: str, choose: Choose
) -> StoredVerdict:
    """Store one verdict; head and tail are ids, names or aliases.

    Raises:
        NoSuchEntity: the graph does not know the head or the tail.
        CorrectionsRejected: the checkpoint has no such relation, or a newer verdict stands.
    """
    parts = components()
    vocabulary, graph = parts.vocabulary(), parts.graph
    one, other = find_entity(graph, head, choose), find_entity(graph, tail, choose)
    correction = Correction(
        head=one.id,
        relation=relation_id(vocabulary, relation),
        tail=other.id,
        verdict=verdict,
        by=by or getpass.getuser(),
        at=now(),
        note=note,
    )
    if not parts.verdicts().store([correction]):
        raise CorrectionsRejected(
            "the edge has a newer verdict: is the clock of this machine right?"
        )
    return StoredVerdict(
        correction=correction,
        head=one,
        tail=other,
        relation=vocabulary.types[correction.relation],
    )


def withdraw(head: str, relation: str, tail: str, choose: Choose) -> bool:
    """Take a verdict back; the edge is then what its evidence says. False if there was none."""
    parts = components()
    vocabulary, graph = parts.vocabulary(), parts.graph
    return parts.verdicts().withdraw(
        _id_of(graph, head, choose),
        relation_id(vocabulary, relation),
        _id_of(graph, tail, choose),
    )


def _id_of(graph: Graph, name: str, choose: Choose) -> str:
    """Return the id of an entity; what the graph has no more can only be given by its id."""
    try:
        return find_entity(graph, name, choose).id
    except NoSuchEntity:
        return name


def correct_file(path: Path, *, by: str) -> int:
    """Store the verdicts of a CSV file, all or none; return how many are newer than what was there.

    Raises:
        CorrectionsRejected: rows that cannot be used; the message lists the first of them.
    """
    parts = components()
    given = read_verdicts(path, parts.graph, parts.vocabulary(), by=by or getpass.getuser())
    return parts.verdicts().store(given)
