"""The documents that backfill takes, most urgent first.

The graph is walked once, and what is stale goes to a temporary file that SQLite sorts: in constant
memory, in any order, and without an index that every write to the graph would pay for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Literal

from corpus.spill import spilled
from graph.model.records import StaleDocument

Order = Literal["newest", "most_edges"]
OTHERS, LAST = 2**62, 2**62 + 1
"""Places behind every number of `put_first`."""
ORDERS: dict[Order, str] = {
    "newest": "updated_at DESC, id",
    "most_edges": "edges DESC, updated_at DESC, id",
}


class Queue:
    """Documents in the order in which they are to be extracted again."""

    def __init__(self, order: Order) -> None:
        self._order = ORDERS[order]
        self._connection = spilled(
            "CREATE TABLE document (id TEXT PRIMARY KEY, updated_at TEXT, edges INTEGER, "
            "place INTEGER) WITHOUT ROWID"
        )

    def add(self, documents: Iterable[StaleDocument]) -> None:
        """Add documents, each once."""
        rows = ((each.id, each.updated_at, each.edges) for each in documents)
        self._connection.executemany("INSERT INTO document VALUES (?, ?, ?, NULL)", rows)

    def put_first(self, ids: Iterable[str]) -> None:
        """Let documents come before all others, in the order given; unknown ids do nothing."""
        numbered = enumerate(ids)
        update = "UPDATE document SET place = ? WHERE id = ? AND place IS NULL"
        self._connection.executemany(update, numbered)

    def put_last(self, ids: Iterable[str]) -> None:
        """Let documents come after all others, whatever was said of them before."""
        update = "UPDATE document SET place = ? WHERE id = ?"
        self._connection.executemany(update, ((LAST, id_) for id_ in ids))

    def __len__(self) -> int:
        """Return how many there are."""
        return int(self._connection.execute("SELECT count(*) FROM document").fetchone()[0])

    def __iter__(self) -> Iterator[str]:
        """Yield the ids, most urgent first."""
        # The order is one of two constants.
        select = f"SELECT id FROM document ORDER BY coalesce(place, {OTHERS}), {self._order}"  # noqa: S608
        with closing(self._connection.execute(select)) as rows:
            for (id_,) in rows:
                yield id_

    def close(self) -> None:
        """Remove the file."""
        self._connection.close()
