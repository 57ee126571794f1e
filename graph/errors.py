"""What can go wrong between an extraction and the graph, and between a query and its answer.

    GraphError
    ├── GraphUnavailable      the service: it did not answer, or lost a race; try again
    ├── GraphRejected         the data or the query: trying again changes nothing
    │   ├── Superseded        a newer run writes to this graph; this one must end
    │   ├── WriteRefused      a query that writes, where only reading is allowed
    │   └── QueryTooLong      a query that the server ended at its time limit
    └── ServerFailed          the embedded server: it cannot start or stop; the message says why
        └── PortTaken         another program listens on its port

A document whose own values cannot be stored is the extractor's `DocumentRejected`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError

from neo4j import exceptions as driver


class GraphError(Exception):
    """Base of the graph's errors."""


class GraphUnavailable(GraphError):
    """The graph server did not answer or gave up for now; the same call may succeed later."""


class GraphRejected(GraphError):
    """The graph server refused what it was sent; the same call will fail again."""


class Superseded(GraphRejected):
    """A run lost its place to a newer one: nothing that it still has to write may be stored."""


class WriteRefused(GraphRejected):
    """A query that writes was sent where only reading is allowed."""


class QueryTooLong(GraphRejected):
    """A query took longer than it may, and the server ended it."""


class ServerFailed(GraphError):
    """The embedded graph server cannot be started or stopped; the message says what to do."""


class PortTaken(ServerFailed):
    """Another program listens on the embedded server's port."""


TRANSIENT = (
    driver.TransientError,
    driver.DatabaseUnavailable,
    driver.NotALeader,
    driver.ForbiddenOnReadOnlyDatabase,
    driver.ServiceUnavailable,
    driver.SessionExpired,
    driver.ConnectionPoolError,
)
"""What the driver raises when the service, not the data, is at fault."""


@contextmanager
def driver_errors() -> Iterator[None]:
    """Turn the driver's errors into the graph's, the cause kept.

    Raises:
        GraphUnavailable: the service is at fault; try again.
        GraphRejected: the data, the query, the credentials or the configuration is at fault.
    """
    try:
        yield
    except TRANSIENT as error:
        if distrust := _distrust(error):
            raise GraphRejected(
                f"the graph server cannot prove who it is: {distrust}; set "
                "FACTLOOM_GRAPH__CA_CERTS to its certificate authority, and FACTLOOM_GRAPH__URI to "
                "a name in its certificate"
            ) from error
        raise GraphUnavailable(f"the graph server did not answer: {_reason(error)}") from error
    except driver.AuthError as error:
        raise GraphRejected(
            f"the graph server refused the credentials: {_reason(error)}; check "
            "FACTLOOM_GRAPH__USERNAME and FACTLOOM_GRAPH__PASSWORD"
        ) from error
    except (driver.Neo4jError, driver.DriverError) as error:
        raise GraphRejected(f"the graph server refused the request: {_reason(error)}") from error


def _reason(error: driver.Neo4jError | driver.DriverError) -> str:
    """Return the server's own words, with its lines and caret; the driver adds codes to them.

    What the driver says by itself, it says in its arguments.
    """
    if isinstance(error, driver.Neo4jError) and not error.args:
        return error.message
    return str(error)


def _distrust(error: BaseException | None) -> str:
    """Return why a certificate was refused, empty if none was: the driver calls that transient."""
    while error is not None:
        if isinstance(error, SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return ""
