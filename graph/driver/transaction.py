"""Running the statements of `graph.driver.statements` with many rows inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from neo4j import ManagedTransaction

from extractor.batches import weighed
from graph.driver.statements import load_statement
from graph.errors import GraphRejected

MAX_ROWS = 2_000
MAX_CHARACTERS = 2_000_000
"""ArcadeDB takes messages of 16 MB at most."""
TRANSACTION_CHARACTERS = 20_000_000
"""What the documents of one transaction may bring together. ArcadeDB holds it in its heap,
beside what it replaces: 80 million characters were too many for its 512 MB."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction of the driver, and what this project does with it."""

    tx: ManagedTransaction

    def run(self, name: str, **parameters: Any) -> None:
        """Run a statement that returns nothing."""
        self.tx.run(load_statement(name), parameters).consume()

    def rows(
        self,
        name: str,
        rows: Iterable[Any],
        *,
        label: str = "",
        types: tuple[str, ...] = (),
        hop: str = "",
        **parameters: Any,
    ) -> list[dict[str, Any]]:
        """Run a statement that unwinds `$rows` and return its records; no rows, no message."""
        text = load_statement(name, label=label, types=types, hop=hop)
        return [
            record.data()
            for chunk in chunks(rows)
            for record in self.tx.run(text, parameters, rows=chunk)
        ]

    def write(
        self, name: str, rows: Sequence[Any], *, label: str = "", types: tuple[str, ...] = ()
    ) -> None:
        """Run a statement that writes one thing for each row.

        Raises:
            GraphRejected: it wrote another number of things, so what a row needs is not there.
        """
        records = self.rows(name, rows, label=label, types=types)
        written = sum(record["written"] for record in records)
        if written != len(rows):
            raise GraphRejected(f"{name} wrote {written} of {len(rows)} rows; nothing was stored")


def chunks(
    rows: Iterable[T], *, most: int = MAX_ROWS, characters: int = MAX_CHARACTERS
) -> Iterator[list[T]]:
    """Yield rows in portions that a message may carry, or a transaction with other limits."""
    return weighed(rows, lambda row: len(str(row)), characters, size=most)
