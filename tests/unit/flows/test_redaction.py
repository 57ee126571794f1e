"""An error that leaves a run says what and where, and quotes nothing."""

from __future__ import annotations

import traceback

import pytest
from neo4j.exceptions import ClientError
from prefect.exceptions import PrefectException

from corpus.errors import SourceUnavailable
from extractor.errors import DocumentRejected
from flows.errors import Unexpected
from flows.redaction import describe, redacted
from graph.errors import GraphError, GraphRejected, driver_errors

CANARY = "Ada Lovelace was born in London."


class Paused(PrefectException):
    """As Prefect raises to steer a run."""

    __module__ = "prefect.exceptions"


def leaving(error: Exception, cause: Exception | None = None) -> BaseException:
    """Return what leaves where an error is raised inside."""
    try:
        with redacted():
            raise error from cause
    except Exception as left:
        return left


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + str(error) + repr(error)


def test_a_foreign_error_is_told_by_its_kind_and_place() -> None:
    error = leaving(ValueError(f"cannot parse {CANARY!r}"))
    assert type(error) is Unexpected
    assert str(error).startswith("ValueError at test_redaction.py:")
    assert "PREFECT_LOGGING_LEVEL=DEBUG" in str(error)
    assert "Lovelace" not in shown(error)


def test_the_causes_of_our_own_errors_stay_inside() -> None:
    error = leaving(SourceUnavailable("http://there cannot be reached"), ValueError(CANARY))
    assert type(error) is SourceUnavailable
    assert str(error) == "http://there cannot be reached"
    assert "Lovelace" not in shown(error)


def test_an_error_of_the_graphs_driver_is_told_by_its_code() -> None:
    told = ClientError._hydrate_neo4j(
        code="Neo.ClientError.Schema.ConstraintValidationFailed",
        message=f"Node(1) already exists with label `Evidence` and property `text` = '{CANARY}'",
    )
    with pytest.raises(GraphRejected) as caught, driver_errors():
        raise told
    error = leaving(caught.value, told)
    assert type(error) is GraphRejected
    assert str(error) == "GraphRejected: Neo.ClientError.Schema.ConstraintValidationFailed"
    assert "Lovelace" not in shown(error)


def test_twice_is_once() -> None:
    once = leaving(GraphError("x"), ValueError(CANARY))
    told = str(once)
    assert isinstance(once, GraphError)
    assert str(leaving(once)) == told


def test_what_steers_a_run_passes() -> None:
    pause = Paused("please")
    assert leaving(pause) is pause


def test_a_rejected_document_is_told_by_the_reason() -> None:
    assert describe(DocumentRejected("wiki:1", "the text is empty")) == "the text is empty"


def test_the_message_is_to_be_had_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="flows")
    leaving(ValueError(CANARY))
    assert "Lovelace" not in caplog.text
    caplog.set_level("DEBUG", logger="flows")
    leaving(ValueError(CANARY))
    assert "Lovelace" in caplog.text
