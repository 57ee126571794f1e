"""What speaks for edges: read from the graph before a transaction moves it.

Neo4j's lookups become slow once the same transaction has deleted nodes, so all that a batch needs
to know is read first, and what the batch itself brings is added here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from graph.correction_rows import verdicts
from graph.edges import Evidence
from graph.rows import DocumentRows
from graph.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What speaks for some edges, as it is after the transaction."""

    keys: frozenset[str]
    evidence: defaultdict[str, list[Evidence]]
    verdicts: dict[str, str]
    sought: frozenset[str]
    """Edges that may be there: there is none that had neither evidence nor a verdict."""


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
        without: documents whose evidence of before no longer counts.
        own: the edges' evidence that the transaction brings.
        held: those of the edges that may be there though nothing speaks for them any more.
    """
    said = verdicts(transaction, sorted(keys))
    sought = {*said, *held}
    evidence: defaultdict[str, list[Evidence]] = defaultdict(list)
    for record in transaction.rows("read_evidence", sorted(keys)):
        key = record.pop("edge")
        sought.add(key)
        if record["document"] not in without:
            evidence[key].append(Evidence(**record))
    for key, each in own:
        evidence[key].append(each)
    return Support(keys=frozenset(keys), evidence=evidence, verdicts=said, sought=frozenset(sought))


def own_evidence(batch: Iterable[DocumentRows]) -> Iterator[tuple[str, Evidence]]:
    """Yield what documents bring: the edge's key and the evidence."""
    for rows in batch:
        times = rows.document["props"]
        for row in rows.evidence:
            yield (
                row["edge"],
                Evidence(
                    document=row["document"],
                    margin=row["margin"],
                    probability=row["probability"],
                    text=row["text"],
                    checkpoint=row["checkpoint"],
                    updated_at=times["updated_at"],
                    extracted_at=times["extracted_at"],
                ),
            )
