"""The only owner of the graph's driver: transactions that read, and transactions in their turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, TypeVar

from neo4j import READ_ACCESS, Driver, ManagedTransaction
from neo4j.exceptions import Neo4jError

from graph.errors import GraphRejected, Superseded, WriteRefused, driver_errors
from graph.planning import counts_without_subtypes, without_product
from graph.reading import refuse_writes
from graph.records import RunInfo
from graph.runs import take_turn
from graph.statements import load
from graph.transaction import Transaction

RACES = 10
"""How often work is done again because another writer was faster."""
SIGHTS, SIGHT_SECONDS = 5, 0.05
T = TypeVar("T")


class Connection:
    """An open connection to a graph database that speaks Bolt."""

    def __init__(self, driver: Driver, database: str) -> None:
        self._driver = driver
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def query(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of a query that only reads.

        Three guards, as ArcadeDB writes in transactions that are opened for reading: the query's
        words, the access mode, and a transaction that is rolled back in any case.

        Raises:
            WriteRefused: the query writes.
            GraphRejected: the server does not understand the query.
            GraphUnavailable: the server did not answer.
        """
        refuse_writes(cypher)
        with (
            driver_errors(),
            self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session,
            session.begin_transaction() as transaction,
        ):
            if counts_without_subtypes(self._driver):
                cypher = without_product(transaction, cypher, parameters)
            result = transaction.run(cypher, parameters)
            records = [record.data() for record in result]
            if result.consume().counters.contains_updates:
                raise WriteRefused("this query writes; only reading is allowed here")
            return records

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of one of the statements that read."""

        def work(tx: ManagedTransaction) -> list[dict[str, Any]]:
            return [record.data() for record in tx.run(load(statement), parameters)]

        with driver_errors(), self._driver.session(database=self._database) as session:
            return session.execute_read(work)

    def stream(self, statement: str, /, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Yield the records of one of the statements that read, some at a time.

        It is for answers that no memory should hold. Nothing is tried again: who has used half of
        an answer must decide.
        """
        with (
            driver_errors(),
            self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session,
        ):
            for record in session.run(load(statement), parameters):
                yield record.data()

    def define(self, statement: str, **parameters: Any) -> None:
        """Run a statement that belongs to the schema; these wait for no turn."""
        with driver_errors(), self._driver.session(database=self._database) as session:
            session.run(statement, parameters).consume()

    def write(self, statement: str, run: RunInfo | None = None, /, **parameters: Any) -> None:
        """Run one of the statements that write, in a transaction of its own."""
        self.execute_write(
            lambda transaction: transaction.tx.run(load(statement), parameters).consume(), run
        )

    def write_rows(self, statement: str, rows: Sequence[Any], run: RunInfo) -> None:
        """Run one of the statements that unwind rows, in a transaction of its own."""
        self.execute_write(lambda transaction: transaction.rows(statement, rows), run)

    def _overtaken(self, turn: int) -> bool:
        """Tell whether another writer had its turn; what it commits may be seen a little later."""
        for _ in range(SIGHTS):
            if self.read("read_turn") not in ([], [{"turn": turn - 1}]):
                return True
            time.sleep(SIGHT_SECONDS)
        return False

    def execute_write(self, work: Callable[[Transaction], T], run: RunInfo | None = None) -> T:
        """Return what some work gives, in one transaction that has its turn; None is a person.

        A transaction that another one overtook on ArcadeDB has read both states, so its error may
        be anything; the work is then done again.

        Raises:
            Superseded: a newer run writes to this graph.
            GraphUnavailable: the server did not answer, or other writers kept it busy.
            GraphRejected: the server refused the work, of which nothing is stored.
        """
        turn = 0

        def in_turn(tx: ManagedTransaction) -> T:
            nonlocal turn
            transaction = Transaction(tx)
            turn = take_turn(transaction, run)
            return work(transaction)

        with driver_errors(), self._driver.session(database=self._database) as session:
            for _ in range(RACES):
                try:
                    return session.execute_write(in_turn)
                except Superseded:
                    raise
                except (Neo4jError, GraphRejected):
                    if not self._overtaken(turn):
                        raise  # nobody wrote meanwhile, so the error means what it says
            return session.execute_write(in_turn)
