"""Recomputing edges from their evidence, inside the transaction that changes it.

Neo4j's lookups become slow once the same transaction has deleted nodes, so all that a batch needs
to know of its edges is read first, and what the batch itself brings is added here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from graph.driver.statements import FROM_HEAD, FROM_TAIL
from graph.driver.transaction import Transaction
from graph.model.edges import EdgePlan, Evidence, Support, edge_row, plan_edges
from graph.model.records import Champion, from_stored
from graph.model.rows import DocumentRows, Row
from graph.writing.corrections import verdicts_on

TYPES = 12
"""How many types of edges one statement creates. One for each of 96 types cost Neo4j clearly more
when it was tried, to plan and to run; `benchmarks.speed.upsert` measures only what is here."""


def read_support(
    transaction: Transaction,
    keys: Set[str],
    *,
    without: Set[str] = frozenset(),
    own: Iterable[tuple[str, Evidence]] = (),
    held: Set[str] = frozenset(),
) -> Support:
    """Return what speaks for edges.

    Args:
        transaction: that has not yet taken old evidence out.
        keys: of the edges.
        without: documents whose stored evidence no longer counts.
        own: the edges' evidence that the transaction brings.
        held: those of the edges that may be there though nothing speaks for them any more.
    """
    verdicts = verdicts_on(transaction, sorted(keys))
    sought = {*verdicts, *held}
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for record in transaction.rows("read_evidence", sorted(keys)):
        key = record.pop("edge")
        sought.add(key)
        if record["document"] not in without:
            evidence[key].append(Evidence(**record))
    for key, each in own:
        evidence[key].append(each)
    return Support(
        keys=frozenset(keys), evidence=evidence, verdicts=verdicts, sought=frozenset(sought)
    )


def own_evidence(batch: Iterable[DocumentRows]) -> Iterator[tuple[str, Evidence]]:
    """Yield what documents bring: the edge's key and the evidence."""
    for rows in batch:
        times = rows.document["props"]
        for row in rows.evidence:
            yield row["edge"], from_stored(Evidence, {"contradicts": ""} | times | row)


def recompute_edges(transaction: Transaction, support: Support, champion: Champion) -> EdgePlan:
    """Make every edge what its evidence says, and return what that took.

    Args:
        transaction: in which the evidence changes.
        support: what speaks for the edges.
        champion: whose margins count first.
    """
    sought = [edge_row(key) for key in sorted(support.sought & support.keys)]
    stored = {record["edge"]: record for record in _seek(transaction, "read_edges", sought)}
    plan = plan_edges(support, stored, champion)
    _create(transaction, plan.create, plan.types)
    _seek(transaction, "update_edges", plan.update)
    _seek(transaction, "delete_edges", plan.delete)
    return plan


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
