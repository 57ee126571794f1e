"""Recomputing edges from their evidence, inside the transaction that changed it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.edges import edge_properties
from graph.records import Champion
from graph.rows import Row
from graph.statements import FROM_HEAD, FROM_TAIL
from graph.support import Support
from graph.transaction import Transaction

TYPES = 12
"""How many types of edges one statement creates. One for each of 96 types cost Neo4j clearly more
when it was tried, to plan and to run; `benchmarks.upsert` measures only what is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeChanges:
    """What recomputing changed."""

    new: int
    changed: int
    removed: int
    loose_ends: frozenset[str]
    """Entities that lost an edge, so that nothing may hold them any more."""


def recompute_edges(transaction: Transaction, support: Support, champion: Champion) -> EdgeChanges:
    """Make every edge what its evidence says: created, changed or removed.

    Args:
        transaction: in which the evidence changes.
        support: what speaks for the edges.
        champion: whose margins count first.
    """
    rows = [_edge_row(key) for key in sorted(support.keys)]
    wanted = _wanted(rows, support, champion.name)
    sought = [row for row in rows if row["edge"] in support.sought]
    before = {record["edge"]: record for record in _seek(transaction, "read_edges", sought)}
    create, update, dead = [], [], []
    for row in rows:
        key, props = row["edge"], wanted[row["edge"]]
        if props is None:
            dead += [row] if key in before else []
        elif key not in before:
            create.append({**row, "props": props})
        elif not props.items() <= before[key]["props"].items():
            update.append({**row, "props": props})
    types = {row["relation"]: before[row["edge"]]["type"] for row in rows if row["edge"] in before}
    known = champion.relations.types
    further = {relation: types[relation] for relation in types.keys() - known.keys()}
    _create(transaction, create, {**known, **dict(sorted(further.items()))})
    _seek(transaction, "update_edges", update)
    _seek(transaction, "delete_edges", dead)
    return EdgeChanges(
        new=len(create),
        changed=len(update),
        removed=len(dead),
        loose_ends=frozenset(end for row in dead for end in (row["head"], row["tail"])),
    )


def _edge_row(key: str) -> Row:
    head, relation, tail = key.split("|")
    return {"edge": key, "head": head, "relation": relation, "tail": tail}


def _wanted(
    rows: Sequence[Row], support: Support, champion: str
) -> dict[str, dict[str, Any] | None]:
    """Return the properties that edges should have; None: there should be no edge."""
    wanted: dict[str, dict[str, Any] | None] = {}
    for row in rows:
        key = row["edge"]
        if (
            row["head"] == row["tail"]
        ):  # the verdict on two entities that are one now: kept, no edge
            wanted[key] = None
            continue
        evidence, verdict = support.evidence[key], support.verdicts.get(key)
        wanted[key] = edge_properties(row["relation"], evidence, champion=champion, verdict=verdict)
    return wanted


def _create(transaction: Transaction, rows: Sequence[Row], types: Mapping[str, str]) -> None:
    """Create edges; an edge that there was keeps its type, also where the checkpoint has it not."""
    places = {relation: divmod(number, TYPES) for number, relation in enumerate(types)}
    by_group: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        group, place = places[row["relation"]]
        ends = {"head": row["head"], "tail": row["tail"]}
        by_group[group].append({**ends, "type": place, "props": row["props"]})
    names = list(types.values())
    for group, its_rows in sorted(by_group.items()):
        own = tuple(names[group * TYPES : (group + 1) * TYPES])
        transaction.write("create_edges", its_rows, types=own)


def _seek(transaction: Transaction, name: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Run a statement that finds edges, each from its end that is rarer among the rows.

    ArcadeDB expands the end that is written first, whatever its degree: from a hub of 28,000 edges
    a batch took 161 seconds, from the other end 2 (measured once, by hand).
    """
    return [
        record
        for hop, its_rows in _by_rarer_end(rows)
        for record in transaction.rows(name, its_rows, hop=hop)
    ]


def _by_rarer_end(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    busy = Counter(end for row in rows for end in (row["head"], row["tail"]))
    yield FROM_HEAD, [row for row in rows if busy[row["head"]] <= busy[row["tail"]]]
    yield FROM_TAIL, [row for row in rows if busy[row["head"]] > busy[row["tail"]]]
