"""Every error of the driver becomes one of ours, and says whether to try again."""

from __future__ import annotations

import inspect

import pytest
from neo4j import exceptions as driver

from graph.errors import TRANSIENT, GraphError, GraphRejected, GraphUnavailable, driver_errors

ROOTS = (driver.Neo4jError, driver.DriverError)
ERRORS = sorted(
    (
        error
        for _, error in inspect.getmembers(driver, inspect.isclass)
        if issubclass(error, Exception) and error.__module__.startswith("neo4j")
    ),
    key=lambda error: error.__name__,
)
TERMINAL = {
    "AuthConfigurationError",
    "AuthError",
    "BrokenRecordError",
    "CertificateConfigurationError",
    "ClientError",
    "ConfigurationError",
    "ConstraintError",
    "CypherSyntaxError",
    "CypherTypeError",
    "DatabaseError",
    "DriverError",
    "Forbidden",
    "Neo4jError",
    "ResultConsumedError",
    "ResultError",
    "ResultFailedError",
    "ResultNotSingleError",
    "SessionError",
    "TokenExpired",
    "TransactionError",
    "TransactionNestingError",
    "UnsupportedServerProduct",
}
"""Decided one by one: what the driver adds later is in neither list and fails the test below."""
NOT_RAISED = {"GqlError"}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_of_the_driver_has_been_decided(error: type[Exception]) -> None:
    decided = error.__name__ in TERMINAL | NOT_RAISED
    assert decided != issubclass(error, TRANSIENT)


@pytest.mark.parametrize(
    "error", [each for each in ERRORS if issubclass(each, ROOTS)], ids=lambda each: each.__name__
)
def test_no_error_of_the_driver_escapes(error: type[Exception]) -> None:
    ours = GraphUnavailable if issubclass(error, TRANSIENT) else GraphRejected
    cause = error.__new__(error, "why")  # some take more than a reason to be made
    with pytest.raises(GraphError, match="why") as caught, driver_errors():
        raise cause
    assert type(caught.value) is ours
    assert caught.value.__cause__ is cause


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), driver_errors():
        raise KeyError("x")


def test_the_words_of_a_server_are_told_without_codes() -> None:
    told = "Unexpected input 'RETRUN' at line 1, column 4\n  RETRUN\n  ^"
    code = "Neo.ClientError.Statement.SyntaxError"
    with pytest.raises(GraphRejected) as refused, driver_errors():
        raise driver.Neo4jError._hydrate_neo4j(code=code, message=told)
    assert str(refused.value) == f"the graph server refused the request: {told}"


def test_the_words_of_the_driver_are_told() -> None:
    with pytest.raises(GraphUnavailable, match="cannot connect"), driver_errors():
        raise driver.ServiceUnavailable("cannot connect")
    with pytest.raises(GraphRejected, match="no such scheme"), driver_errors():
        raise driver.AuthError("no such scheme")
