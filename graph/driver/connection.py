"""The only owner of the graph's driver: transactions that read, and transactions in their turn."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from neo4j import READ_ACCESS, Driver, ManagedTransaction, Query, TrustCustomCAs, unit_of_work
from neo4j.exceptions import Neo4jError, ServiceUnavailable, SessionExpired

from graph import QUERY_SECONDS
from graph.driver.planning import counts_without_subtypes, without_product
from graph.driver.statements import load_statement
from graph.driver.transaction import Transaction
from graph.driver.turns import take_turn
from graph.errors import GraphRejected, QueryTooLong, Superseded, WriteRefused, driver_errors
from graph.model.records import RunInfo
from graph.questions.refusal import refuse_writes
from graph.questions.unloaded import with_relationships_loaded

RACES = 10
"""How often work is done again because another writer was faster."""
SIGHTS, SIGHT_SECONDS = 5, 0.05
ENDED = ("Transaction.TransactionTimedOut", "Transaction.Terminated")
"""In the code of an error: the server ended a query at its time limit."""
T = TypeVar("T")


class Connection:
    """An open connection to a graph database that speaks Bolt."""

    def __init__(self, driver: Driver, database: str, seconds: float | None = None) -> None:
        self._driver = driver
        self._database = database
        self._seconds = seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    def query(self, cypher: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of a query that only reads; `rows` holds no more than it must."""
        return list(self.rows(cypher, **parameters))

    def rows(self, cypher: str, /, **parameters: Any) -> Generator[dict[str, Any]]:
        """Yield the records of a query that only reads.

        Guards, one behind the other: what is not known to read is not sent; the access mode, which
        Neo4j holds to, and the account, if it is a reader's, which the embedded server holds to; a
        transaction that is rolled back in any case.

        Raises:
            WriteRefused: the query writes, or does something that is not known to only read.
            QueryTooLong: the server ended it at its time limit.
            GraphRejected: the server does not understand the query.
            GraphUnavailable: the server did not answer.
        """
        refuse_writes(cypher)
        seconds = self._seconds or QUERY_SECONDS
        with (
            driver_errors(),
            _within(seconds),
            self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session,
            session.begin_transaction(timeout=seconds) as transaction,
        ):
            if counts_without_subtypes(self._driver):
                cypher = with_relationships_loaded(cypher)
                cypher = without_product(transaction, cypher, parameters)
            result = transaction.run(cypher, parameters)
            for record in result:
                yield record.data()
            if result.consume().counters.contains_updates:
                raise WriteRefused("this query writes; only reading is allowed here")

    def read(self, statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the records of one of the statements that read."""

        @unit_of_work(timeout=self._seconds)
        def work(tx: ManagedTransaction) -> list[dict[str, Any]]:
            return [record.data() for record in tx.run(load_statement(statement), parameters)]

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
            for record in session.run(
                Query(load_statement(statement), timeout=self._seconds), parameters
            ):
                yield record.data()

    def define(self, statement: str, **parameters: Any) -> None:
        """Run a statement that belongs to the schema; these wait for no turn."""
        with driver_errors(), self._driver.session(database=self._database) as session:
            session.run(statement, parameters).consume()

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


def secured(uri: str, ca_certs: Path | None) -> tuple[str, dict[str, Any]]:
    """Return the driver's address and options; it takes a CA only beside an address without +s."""
    scheme, rest = uri.split("://", 1)
    if ca_certs is None:
        return uri, {}
    if not scheme.endswith("+s"):
        raise GraphRejected(f"{uri} does not verify the server: begin it with bolt+s://")
    try:
        ssl.create_default_context(cafile=str(ca_certs))
    except OSError as error:  # an SSLError is one
        reason = error.strerror or error
        raise GraphRejected(f"{ca_certs}: {reason}; correct FACTLOOM_GRAPH__CA_CERTS") from error
    trusted = TrustCustomCAs(str(ca_certs))
    return f"{scheme.removesuffix('+s')}://{rest}", {
        "encrypted": True,
        "trusted_certificates": trusted,
    }


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Say that the server ended a query at its limit, however it did so.

    The embedded server starts anew where a query ends in no other way. From here that looks as if
    somebody had stopped it, so the message names both.
    """
    began = time.monotonic()
    try:
        yield
    except (Neo4jError, ServiceUnavailable, SessionExpired) as error:
        ended = any(each in (getattr(error, "code", None) or "") for each in ENDED)
        if not ended and (isinstance(error, Neo4jError) or time.monotonic() - began < seconds):
            raise
        how = "the server ended it" if ended else "the server started anew, or was stopped"
        raise QueryTooLong(
            f"the query was open for more than {seconds:g} s, and {how}: begin at one "
            "entity or document, ask for less, or give it more time (factloom query --timeout)"
        ) from error
