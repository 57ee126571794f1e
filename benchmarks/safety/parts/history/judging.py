"""People judge edges of a graph, and take it back: by command, and what is remembered of it."""

from __future__ import annotations

import csv
import random
from unittest.mock import patch

from benchmarks.safety.parts.history.entries import LATE
from benchmarks.safety.parts.history.reading import RELATIONS
from benchmarks.safety.parts.history.verdicts import Triple
from benchmarks.safety.parts.history.world import World
from flows.corrections import flow, verdict_table
from graph.model.records import FoundEntity


def judge(world: World, verdict: str, randomness: random.Random) -> None:
    """Confirm or reject an edge."""
    for edge in _edges(world, randomness)[:1]:
        with patch.object(flow, "now", world.verdicts.now):
            given = flow.correct(*edge, verdict, note="", by="me", choose=_nobody)
        assert world.verdicts.give(edge, verdict, given.correction.at)


def correct(world: World, randomness: random.Random) -> None:
    """Give some verdicts in a file, perhaps of a time before others."""
    table = world.folder / "verdicts.csv"
    rows = [
        (*edge, randomness.choice(verdict_table.VERDICTS), world.verdicts.some_time(randomness))
        for edge in _edges(world, randomness)[:2]
    ]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([(*verdict_table.COLUMNS, "at"), *rows])
    stored = flow.correct_file(table, by="me")
    counted = [world.verdicts.give((h, r, t), verdict, at) for h, r, t, verdict, at in rows]
    assert stored == sum(counted)


def withdraw(world: World, randomness: random.Random) -> None:
    """Take back a verdict that stands."""
    standing = sorted(world.verdicts.standing)
    if standing:
        edge = randomness.choice(standing)
        assert flow.withdraw(*edge, _nobody)
        assert world.verdicts.withdraw(edge)


def _edges(world: World, randomness: random.Random) -> list[Triple]:
    """Return some edges on which a verdict's way is clear; all but one of them exist.

    What was said of a NIL whose name has an entry now follows that one some day, or not.
    """
    named = world.graph.query("MATCH (e:Entity) RETURN e.id AS id, e.name AS name")
    clear = sorted(
        each["id"]
        for each in named
        if not (each["id"].startswith("nil:") and each["name"] == LATE and world.entries.appeared)
    )
    found = world.graph.query(
        "MATCH (h:Entity)-[e]->(t:Entity) RETURN h.id AS head, e.id AS relation, t.id AS tail"
    )
    edges = sorted({(each["head"], each["relation"], each["tail"]) for each in found})
    edges = [(head, relation, tail) for head, relation, tail in edges if {head, tail} <= {*clear}]
    if len(clear) > 1:
        head, tail = randomness.sample(clear, 2)
        edges.append((head, randomness.choice(sorted(RELATIONS)), tail))
    randomness.shuffle(edges)
    return list(dict.fromkeys(edges))


def _nobody(name: str, found: object) -> FoundEntity:
    """Fail: an id is never ambiguous."""
    raise AssertionError(f"{name} is ambiguous: {found}")
